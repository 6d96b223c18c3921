import Foundation
import TestSupport

/// Few bytes that claim to be a picture of 60,000 × 60,000 pixels, or larger.
extension AttackShape {
    private static let side: UInt32 = 60_000
    private static let (short, most) = (UInt16(60_000), UInt16.max)

    static let bombs: [AttackShape] = [
        AttackShape("bomb.png", .refused) { _ in Picture.png(width: side, height: side) },
        AttackShape("bomb-of-one-bit.png", .refused) { _ in
            Picture.png(width: side, height: side, depth: 1, colour: 0)
        },
        AttackShape("bomb-in-one-row.png", .refused) { _ in Picture.png(width: 1 << 30, height: 1)
        },
        // As large as it says, and unpacked much more than that.
        AttackShape("bomb-behind-the-pixels.png") { _ in
            Picture.png(width: 8, height: 8, pixels: Deflate.zlib(0, count: 64 << 20))
        },
        AttackShape("bomb.bmp", .refused) { _ in
            bytes(
                "BM", UInt32(1024).little, UInt32(0).little, UInt32(54).little, UInt32(40).little,
                side.little, side.little, UInt16(1).little, UInt16(24).little, Data(count: 1000))
        },
        AttackShape("bomb.gif", .refused) { _ in
            bytes(
                "GIF89a", short.little, short.little, [0x80, 0, 0, 0, 0, 0, 255, 255, 255, 0x2c],
                UInt32(0).little, short.little, short.little, [0, 2, 2, 0x44, 1, 0, 0x3b])
        },
        AttackShape("bomb.jpg", .refused) {
            $0.jpeg.overwriting(
                frame: [0xff, 0xc0, 0, 17, 8], with: bytes(short.big, short.big))
        },
        AttackShape("bomb.jxl", .refused) { _ in
            // Not small; height in 30 bits; a square. Lowest bits first, ISO/IEC 18181-1, D.2.
            let size = UInt64(0) | 3 << 1 | UInt64(1 << 29) << 3 | 1 << 33
            return bytes([0xff, 0x0a], size.little, Data(count: 64))
        },
        AttackShape("bomb.webp", .refused) { _ in
            bytes(
                "RIFF", UInt32(200).little, "WEBP", "VP8X", UInt32(10).little, UInt32(0).little,
                [0xff, 0xff, 0, 0xff, 0xff, 0], "VP8L", UInt32(16).little, [0x2f],
                UInt32.max.little, Data(count: 160))
        },
        AttackShape("bomb.jp2", .refused) { _ in
            bytes(
                [0xff, 0x4f, 0xff, 0x51], UInt16(47).big, UInt16(0).big, side.big, side.big,
                UInt64(0).big, UInt32(1).big, UInt32(1).big, UInt64(0).big, UInt16(3).big,
                times(3, [7, 1, 1]), Data(count: 200))
        },
        AttackShape("bomb.tif", .refused) { _ in
            TIFFFile([
                256: .long(side), 257: .long(side), 258: .short(8), 259: .short(1), 262: .short(1),
                273: .place(of: [1, 2, 3, 4]), 277: .short(1), 278: .long(side), 279: .long(4),
            ]).data
        },
        AttackShape("bomb.psd", .refused) { _ in
            bytes(
                "8BPS", UInt16(1).big, Data(count: 6), UInt16(3).big, side.big, side.big,
                UInt16(8).big, UInt16(3).big, UInt32(0).big, UInt32(0).big, UInt32(0).big,
                UInt16(1).big, Data(count: 64))
        },
        AttackShape("bomb.exr", .refused) { _ in
            func attribute(_ name: String, _ type: String, _ data: Data) -> Data {
                bytes(name, [0], type, [0], UInt32(data.count).little, data)
            }
            let window = bytes(UInt64(0).little, (side - 1).little, (side - 1).little)
            let channel = bytes(
                "R", [0], UInt32(1).little, UInt32(0).little, UInt32(1).little, UInt32(1).little,
                [0])
            return bytes(
                [0x76, 0x2f, 0x31, 0x01], UInt32(2).little,
                attribute("channels", "chlist", channel),
                attribute("compression", "compression", Data([0])),
                attribute("dataWindow", "box2i", window),
                attribute("displayWindow", "box2i", window),
                attribute("lineOrder", "lineOrder", Data([0])),
                attribute("pixelAspectRatio", "float", Float(1).bitPattern.little),
                attribute("screenWindowCenter", "v2f", Data(count: 8)),
                attribute("screenWindowWidth", "float", Float(1).bitPattern.little), [0],
                Data(count: 256))
        },
        AttackShape("bomb.hdr", .refused) { _ in
            bytes("#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y 60000 +X 60000\n", Data(count: 256))
        },
        AttackShape("bomb.ppm", .refused) { _ in
            bytes("P6\n60000 60000\n255\n", Data(count: 256))
        },
        AttackShape("bomb-of-digits.pgm", .refused) { _ in
            bytes("P5\n", String(repeating: "9", count: 4000), " 1\n255\n", Data(count: 64))
        },
        AttackShape("bomb.tga", .refused) { _ in
            bytes(
                [0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0], most.little, most.little, [24, 0],
                Data(count: 64))
        },
        AttackShape("bomb.ico", .refused) {
            bytes(
                [0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 1, 0, 32, 0], UInt32.max.little, UInt32(22).little,
                $0.png)
        },
        AttackShape("bomb.mp4", .refused) {
            // Where the track says how large it is, and where the codec's own entry does.
            Box.replacing(["moov", "trak", "mdia", "minf", "stbl", "stsd"], in: $0.film) {
                $0.overwriting("avc1", offset: 28, with: bytes(short.big, short.big))
                    .overwriting("avcC", offset: 12, with: Data(count: 8))
            }
        },
    ]
}

extension Data {
    fileprivate func overwriting(frame mark: [UInt8], with new: Data) -> Data {
        guard let place = range(of: Data(mark)) else { return self }
        var copy = self
        copy.replaceSubrange(place.upperBound..<place.upperBound + new.count, with: new)
        return copy
    }
}
