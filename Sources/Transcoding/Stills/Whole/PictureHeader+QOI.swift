import MediaModel

extension PictureHeader {
    /// Reads the header of a QOI picture. https://qoiformat.org/qoi-specification.pdf
    ///
    /// Its byte for the colour space is "purely informative", and writers leave it at anything.
    init?(qoi file: FileHead) {
        let head = file.bytes(at: 0, count: 14)
        guard head.count == 14, head.starts(with: Array("qoif".utf8)),
            [3, 4].contains(head[12]), head[13] <= 1,
            // libavcodec's sides.
            head[4] < 0x80, head[8] < 0x80
        else { return nil }
        self.init(
            width: head[4..<8].bigEndian, height: head[8..<12].bigEndian, colours: 3,
            hasAlpha: head[12] == 4, decoder: "qoi")
    }

    /// Whether a QOI picture has the eight bytes at its end that say so.
    static func hasEnd(qoi file: FileHead) -> Bool {
        let mark: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 1]
        return file.byteCount >= 22
            && file.bytes(at: file.byteCount - 8, count: mark.count) == mark
    }
}
