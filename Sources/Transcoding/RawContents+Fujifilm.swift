import MediaModel

extension RawContents {
    /// Where the header of a RAF says what lies where: two big-endian numbers each.
    /// https://libopenraw.freedesktop.org/formats/raf/
    private static let jpegPlace = 84
    private static let tablePlace = 92
    /// Height and width, of what is to be seen and of the whole sensor.
    private static let croppedSize = 0x111
    private static let fullSize = 0x100
    /// Most entries of the table that are looked at; cameras write about twenty.
    private static let maximumEntries = 256

    /// Of a Fujifilm RAF: one JPEG, with EXIF of its own.
    init(raf file: FileHead) {
        self.init()
        let jpeg = ByteWindow(
            offset: Int64(file.bigEndian32(at: Self.jpegPlace)),
            length: Int64(file.bigEndian32(at: Self.jpegPlace + 4)))
        if jpeg.fits(in: file.byteCount) { candidates = [jpeg] }
        let sizes = Self.sizes(file, at: Int64(file.bigEndian32(at: Self.tablePlace)))
        sensorSize = sizes[Self.croppedSize] ?? sizes[Self.fullSize]
    }

    /// The entries that are sizes: a tag, a length, and the value, all big-endian.
    private static func sizes(_ file: FileHead, at place: Int64) -> [Int: PixelSize] {
        func number(_ bytes: ArraySlice<UInt8>) -> Int { bytes.reduce(0) { $0 << 8 | Int($1) } }
        var sizes: [Int: PixelSize] = [:]
        let head = file.bytes(at: place, count: 4)
        guard place > 0, head.count == 4 else { return [:] }
        var offset = place + 4
        for _ in 0..<min(number(head[...]), maximumEntries) {
            let entry = file.bytes(at: offset, count: 8)
            guard entry.count == 8 else { break }
            let (tag, length) = (number(entry[0..<2]), number(entry[2..<4]))
            if tag == croppedSize || tag == fullSize, length == 4 {
                let size = PixelSize(width: number(entry[6..<8]), height: number(entry[4..<6]))
                if size.area > 0 { sizes[tag] = size }
            }
            offset += 4 + Int64(length)
        }
        return sizes
    }
}
