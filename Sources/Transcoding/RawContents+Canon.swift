import MediaModel

extension RawContents {
    /// Of a Canon CR3: a preview in a box, a larger one as the only sample of a track, and EXIF.
    /// https://github.com/lclevy/canon_cr3
    init(cr3 file: FileHead) {
        self.init()
        var boxes = CanonBoxes(file)
        boxes.walk(0..<file.byteCount, depth: 0)
        candidates = boxes.candidates.filter { $0.fits(in: file.byteCount) }
        main = boxes.mainDirectory.flatMap { TIFFDirectories(file, at: $0)?.pages.first }
        let exif = boxes.exifDirectory.flatMap { TIFFDirectories(file, at: $0)?.pages.first }
        sensorSize =
            exif?.size(TIFFTag.exifWidth, TIFFTag.exifHeight) ?? main?.size()
    }
}

/// The boxes of a CR3 that say where its pictures are. ISO/IEC 14496-12, 4.2 and 8.
private struct CanonBoxes {
    private(set) var candidates: [ByteWindow] = []
    /// Where the TIFF begins whose directory is that of the picture, and that of EXIF.
    private(set) var mainDirectory: Int64?
    private(set) var exifDirectory: Int64?

    private let file: FileHead
    private var seen = 0
    /// Of the track at hand.
    private var sampleLength: Int64?

    private static let containers: Set<String> = ["moov", "trak", "mdia", "minf", "stbl"]
    private static let maximumBoxes = 1_024
    private static let maximumDepth = 8
    /// Canon's boxes are inside two that are named by these numbers.
    private static let canon: [UInt8] = [
        0x85, 0xC0, 0xB6, 0x87, 0x82, 0x0F, 0x11, 0xE0, 0x81, 0x11, 0xF4, 0xCE, 0x46, 0x2B, 0x6A,
        0x48,
    ]
    private static let canonPreview: [UInt8] = [
        0xEA, 0xF4, 0x2B, 0x5E, 0x1C, 0x98, 0x4B, 0x88, 0xB9, 0xFB, 0xB7, 0xDC, 0x40, 0x6E, 0x4D,
        0x16,
    ]

    init(_ file: FileHead) { self.file = file }

    /// - Parameter range: of the file, whole boxes.
    mutating func walk(_ range: Range<Int64>, depth: Int) {
        var offset = range.lowerBound
        while depth < Self.maximumDepth, seen < Self.maximumBoxes, offset + 8 <= range.upperBound {
            seen += 1
            let head = file.bytes(at: offset, count: 16)
            guard head.count >= 8 else { return }
            var size = Self.number(head[0..<4])
            var header: Int64 = 8
            if size == 1, head.count == 16 {
                size = Self.number(head[8..<16])
                header = 16
            }
            if size == 0 { size = range.upperBound - offset }
            guard size >= header, size <= range.upperBound - offset else { return }
            let content = offset + header..<offset + size
            read(String(decoding: head[4..<8], as: UTF8.self), content, depth: depth)
            offset += size
        }
    }

    private mutating func read(_ name: String, _ content: Range<Int64>, depth: Int) {
        switch name {
        case _ where Self.containers.contains(name): walk(content, depth: depth + 1)
        case "uuid":
            guard content.count > 24 else { return }
            let identifier = file.bytes(at: content.lowerBound, count: 16)
            if identifier == Self.canon {
                walk(content.lowerBound + 16..<content.upperBound, depth: depth + 1)
            } else if identifier == Self.canonPreview {
                // Eight bytes of unknown meaning come first.
                walk(content.lowerBound + 24..<content.upperBound, depth: depth + 1)
            }
        case "CMT1": mainDirectory = mainDirectory ?? content.lowerBound
        case "CMT2": exifDirectory = exifDirectory ?? content.lowerBound
        case "PRVW":
            // Six bytes, width, height, two bytes, then the JPEG's length and the JPEG.
            let length = file.bytes(at: content.lowerBound + 12, count: 4)
            guard length.count == 4, content.count > 16 else { return }
            candidates.append(
                ByteWindow(offset: content.lowerBound + 16, length: Self.number(length[...])))
        case "stsz":
            // Version, the size that all samples have or 0, their count, then each one's size.
            let sizes = file.bytes(at: content.lowerBound, count: 16)
            guard sizes.count >= 12 else { return }
            let common = Self.number(sizes[4..<8])
            sampleLength = common > 0 || sizes.count < 16 ? common : Self.number(sizes[12..<16])
        case "co64", "stco":
            let width = name == "co64" ? 8 : 4
            let place = file.bytes(at: content.lowerBound + 8, count: width)
            guard place.count == width, let length = sampleLength else { return }
            candidates.append(ByteWindow(offset: Self.number(place[...]), length: length))
            sampleLength = nil
        default: break
        }
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> Int64 {
        Int64(clamping: bytes.reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
    }
}
