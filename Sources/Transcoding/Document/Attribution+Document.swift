import Poppler

extension Attribution {
    /// Who made a document and on what terms: its XMP packet, else the author it names.
    init(of document: Document) {
        self.init(
            xmp: document.metadata.map { XMPReader(Array($0.utf8)) }, iptc: nil,
            artist: document.author, rights: nil)
    }
}
