import MediaModel

/// Writes one frame of an animated PNG as a PNG of its own.
enum PNGFile {
    private static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

    static func bytes(
        of frame: PNGAnimation.Frame, in animation: PNGAnimation, descriptor: Int32
    ) throws(Failure) -> [UInt8] {
        var file = signature
        append(
            Array("IHDR".utf8),
            bigEndian(frame.size.width) + bigEndian(frame.size.height) + animation.depth, to: &file)
        for chunk in animation.shared { append(chunk.type, chunk.body, to: &file) }
        // Compression makes nothing noticeably longer: eight bytes are the deepest pixel.
        let longest = frame.size.area.multipliedReportingOverflow(by: 9)
        let length = frame.data.reduce(Int64(0)) { $0 + Int64($1.count) }
        guard !longest.overflow, length <= Int64(longest.partialValue) + 65_536 else {
            throw AnimationReader.damaged("a frame has more data than its pixels can need")
        }
        for range in frame.data {
            var cursor = FileCursor(descriptor: descriptor)
            cursor.skip(range.lowerBound)
            guard let body = try cursor.bytes(range.count) else {
                throw AnimationReader.damaged("the file ends within a frame")
            }
            append(Array("IDAT".utf8), body, to: &file)
        }
        append(Array("IEND".utf8), [], to: &file)
        return file
    }

    private static func append(_ type: [UInt8], _ body: [UInt8], to file: inout [UInt8]) {
        file += bigEndian(body.count)
        file += type
        file += body
        var sum: UInt32 = .max
        for byte in type { sum = step(sum, byte) }
        for byte in body { sum = step(sum, byte) }
        file += bigEndian(Int(~sum))
    }

    private static func bigEndian(_ number: Int) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
    }

    /// CRC-32. https://www.w3.org/TR/png-3/#D-CRCAppendix
    private static func step(_ sum: UInt32, _ byte: UInt8) -> UInt32 {
        table[Int(UInt8(truncatingIfNeeded: sum) ^ byte)] ^ sum >> 8
    }

    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { value, _ in
            value & 1 == 1 ? 0xEDB8_8320 ^ value >> 1 : value >> 1
        }
    }
}
