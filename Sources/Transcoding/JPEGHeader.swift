import MediaModel

/// What the first segments of a JPEG say, up to its size.
///
/// ITU-T T.81, annex B; Exif 2.32, 4.5.4.
struct JPEGHeader {
    let size: PixelSize
    /// Lossless, hierarchical or deeper than 8 bits: a sensor's data, and nothing that is shown.
    let isForDisplay: Bool
    /// Where the TIFF of its EXIF begins, in bytes from the start of the file.
    let exifOffset: Int64?

    /// Most segments before the size; cameras write about ten.
    private static let maximumSegments = 256
    /// Huffman and arithmetic tables have numbers among those of frames.
    private static let noFrames: Set<UInt8> = [0xC4, 0xC8, 0xCC]
    /// Baseline, extended, progressive, and the last two with arithmetic coding.
    private static let displayFrames: Set<UInt8> = [0xC0, 0xC1, 0xC2, 0xC9, 0xCA]

    /// - Returns: nil when no JPEG begins there, or one that ends before its size.
    init?(_ file: FileHead, in window: ByteWindow) {
        guard window.fits(in: file.byteCount),
            file.bytes(at: window.offset, count: 2) == [0xFF, 0xD8]
        else { return nil }
        let end = window.offset + window.length
        var offset = window.offset + 2
        var exif: Int64?
        for _ in 0..<Self.maximumSegments {
            let head = file.bytes(at: offset, count: 10)
            guard head.count == 10, offset + 10 <= end, head[0] == 0xFF else { return nil }
            let marker = head[1]
            switch marker {
            case 0xFF:
                // A fill byte.
                offset += 1
                continue
            case 0xC0...0xCF where !Self.noFrames.contains(marker):
                size = PixelSize(
                    width: Int(head[7]) << 8 | Int(head[8]),
                    height: Int(head[5]) << 8 | Int(head[6])
                )
                guard size.area > 0 else { return nil }
                isForDisplay = Self.displayFrames.contains(marker) && head[4] == 8
                exifOffset = exif
                return
            case 0xE1:
                if exif == nil, head[4...] == Array("Exif\0\0".utf8)[...] { exif = offset + 10 }
            case 0xD8...0xDA: return nil
            default: break
            }
            let length = Int64(head[2]) << 8 | Int64(head[3])
            guard length >= 2 else { return nil }
            offset += 2 + length
        }
        return nil
    }
}
