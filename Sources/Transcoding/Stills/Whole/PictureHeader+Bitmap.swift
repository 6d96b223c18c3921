import MediaModel

extension PictureHeader {
    /// Reads the header of a Windows or OS/2 bitmap.
    /// https://learn.microsoft.com/en-us/windows/win32/gdi/bitmap-storage
    init?(bitmap file: FileHead) {
        let head = file.bytes(at: 0, count: 34)
        guard head.count >= 26, head.starts(with: Array("BM".utf8)) else { return nil }
        let length = head[14..<18].littleEndian
        var width = head[18..<20].littleEndian
        var height = head[20..<22].littleEndian
        var planes = head[22..<24].littleEndian
        var depth = head[24..<26].littleEndian
        if length != 12 {
            // OS/2 2.x, Windows 3, and its later ones, by their lengths.
            guard [16, 40, 52, 56, 64, 108, 124].contains(length), head.count >= 30 else {
                return nil
            }
            width = Int(Int32(truncatingIfNeeded: head[18..<22].littleEndian))
            // Negative where the first row is the top one.
            height = Int(Int32(truncatingIfNeeded: head[22..<26].littleEndian).magnitude)
            planes = head[26..<28].littleEndian
            depth = head[28..<30].littleEndian
        }
        guard planes == 1, [1, 2, 4, 8, 16, 24, 32].contains(depth) else { return nil }
        self.init(
            width: width, height: height, colours: 3, hasAlpha: depth == 32, decoder: "bmp")
        hasFewColours = depth <= 8
    }
}
