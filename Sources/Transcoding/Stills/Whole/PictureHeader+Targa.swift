import MediaModel

extension PictureHeader {
    private static let footer = Array("TRUEVISION-XFILE.\0".utf8)

    /// Reads the header of a Targa picture.
    ///
    /// The format has no signature in front. Version 2 has one at the end; without it, only what is
    /// not packed and exactly as long as its header says is taken for one. Truevision TGA 2.0.
    init?(targa file: FileHead) {
        let head = file.bytes(at: 0, count: 18)
        guard head.count == 18, head[1] <= 1, [1, 2, 3, 9, 10, 11].contains(head[2]),
            head[17] & 0xC0 == 0
        else { return nil }
        let (depth, mapDepth) = (Int(head[16]), Int(head[7]))
        let mapCount = head[5..<7].littleEndian
        let (width, height) = (head[12..<14].littleEndian, head[14..<16].littleEndian)
        let fits =
            switch head[2] & 7 {
            case 1:
                head[1] == 1 && depth == 8 && (1...256).contains(mapCount)
                    && [15, 16, 24, 32].contains(mapDepth)
            case 2: [15, 16, 24, 32].contains(depth)
            default: depth == 8
            }
        guard fits else { return nil }
        let map = head[1] == 1 ? mapCount * ((mapDepth + 7) / 8) : 0
        let pixels = width * height * ((depth + 7) / 8)
        let isWhole = head[2] < 8 && file.byteCount == Int64(18 + Int(head[0]) + map + pixels)
        let end = file.bytes(at: file.byteCount - 18, count: 18)
        guard isWhole || end == Self.footer else { return nil }
        // How many bits of a pixel are transparency; old writers leave the fourth byte unused.
        let hasAlpha = depth == 32 && head[17] & 0x0F == 8
        self.init(
            width: width, height: height, colours: head[2] & 7 == 3 ? 1 : 3, hasAlpha: hasAlpha,
            decoder: "targa")
        hasFewColours = head[2] & 7 == 1
    }

    /// Whether it is a grey Targa with transparency, which libavcodec takes for one of 15-bit colours.
    static func isGreyWithAlpha(targa file: FileHead) -> Bool {
        let head = file.bytes(at: 0, count: 18)
        guard head.count == 18, head[1] == 0, [3, 11].contains(head[2]), head[16] == 16,
            head[17] & 0xCF == 8
        else { return false }
        let pixels = head[12..<14].littleEndian * head[14..<16].littleEndian * 2
        let isWhole = head[2] == 3 && file.byteCount == Int64(18 + Int(head[0]) + pixels)
        return pixels > 0
            && (isWhole || file.bytes(at: file.byteCount - 18, count: 18) == footer)
    }
}
