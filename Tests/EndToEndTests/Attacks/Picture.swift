import Foundation

/// Headers of pictures that claim what they like.
enum Picture {
    static let signature: [UInt8] = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]

    /// A chunk of PNG with its checksum.
    static func chunk(_ type: String, _ data: any ByteSource) -> Data {
        let body = bytes(type, data)
        return bytes(UInt32(body.count - 4).big, body, checksum(body).big)
    }

    /// - Parameters:
    ///   - chunks: between header and pixels.
    ///   - pixels: nil = zlib of enough zeros for the first rows.
    static func png(
        width: UInt32, height: UInt32, depth: UInt8 = 8, colour: UInt8 = 2,
        chunks: any ByteSource = "", pixels: Data? = nil
    ) -> Data {
        let header = bytes(width.big, height.big, [depth, colour, 0, 0, 0])
        return bytes(
            signature, chunk("IHDR", header), chunks,
            chunk("IDAT", pixels ?? Deflate.zlib(0, count: 1 << 20)), chunk("IEND", ""))
    }

    /// The picture with more chunks behind its header.
    static func adding(_ chunks: any ByteSource, to png: Data) -> Data {
        bytes(png.prefix(33), chunks, png.dropFirst(33))
    }

    /// The picture with one more segment behind its first two bytes.
    static func adding(segment: UInt8, _ data: any ByteSource, to jpeg: Data) -> Data {
        bytes(
            jpeg.prefix(2), [0xff, segment], UInt16(2 + data.bytes.count).big, data,
            jpeg.dropFirst(2))
    }

    private static let table: [UInt32] = (0..<256).map { number in
        (0..<8).reduce(UInt32(number)) { value, _ in
            value & 1 == 1 ? 0xedb8_8320 ^ value >> 1 : value >> 1
        }
    }

    /// CRC-32 as in PNG, annex D.
    private static func checksum(_ data: Data) -> UInt32 {
        ~data.reduce(UInt32.max) { table[Int(($0 ^ UInt32($1)) & 0xff)] ^ $0 >> 8 }
    }
}
