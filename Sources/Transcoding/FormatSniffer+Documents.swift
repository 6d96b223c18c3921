extension FormatSniffer {
    /// How far into a file its header may be, in bytes: mail and old programs put lines before it.
    /// PDF 1.7, annex H, note 13.
    static let documentHeaderLength = 1_024

    /// PDF, and what Illustrator writes around one.
    static func documents(_ file: FileHead) -> Format? {
        guard file.contains("%PDF-", within: documentHeaderLength) else { return nil }
        return Format(name: "pdf", mediaType: "application/pdf", reader: .document)
    }

    /// SVG, also in gzip (`.svgz`).
    static func drawings(_ file: FileHead) -> Format? {
        let isPacked = file.has([0x1F, 0x8B])
        let text = isPacked ? GzipHead.inflate(file.head, atMost: headLength) : file.head
        guard (try? DrawingText.utf8(text)).flatMap(XMLRoot.name) == "svg" else { return nil }
        return Format(name: "svg", mediaType: "image/svg+xml", reader: .drawing)
    }
}
