import Foundation
package import MediaModel

extension Placeholder {
    /// Computes all parts from one small picture.
    ///
    /// - Parameters:
    ///   - picture: at most 100 pixels on its longest side.
    ///   - aspectRatio: of the real picture; the small one's is rounded.
    ///   - matte: `#rrggbb` under transparency, for BlurHash, and the dominant colour of nothing.
    package init(_ picture: SmallPicture, aspectRatio: Double, matte: String) {
        let flat = picture.flattened(on: matte)
        self.init(
            thumbHash: Data(ThumbHash.encode(picture)).base64EncodedString(),
            blurHash: BlurHash.encode(
                flat,
                components: BlurHash.components(width: picture.width, height: picture.height)),
            dominantColor: DominantColor.of(picture) ?? matte, palette: Palette.of(picture),
            aspectRatio: aspectRatio)
    }
}

extension SmallPicture {
    /// Lays the picture on a plain `#rrggbb`.
    func flattened(on matte: String) -> SmallPicture {
        let base = HexColor.channels(matte)
        var flat = pixels
        for index in stride(from: 0, to: flat.count, by: 4) where flat[index + 3] < 255 {
            let alpha = Int(flat[index + 3])
            for band in 0..<3 {
                flat[index + band] = UInt8(
                    (Int(flat[index + band]) * alpha + base[band] * (255 - alpha) + 127) / 255)
            }
            flat[index + 3] = 255
        }
        return SmallPicture(width: width, height: height, pixels: flat)
    }
}

/// `#rrggbb` as numbers.
enum HexColor {
    /// Red, green, blue, 0…255; white for anything that is not `#rrggbb` (the planner checks).
    static func channels(_ text: String) -> [Int] {
        guard text.hasPrefix("#"), text.utf8.count == 7,
            let value = Int(text.dropFirst(), radix: 16)
        else { return [255, 255, 255] }
        return [value >> 16 & 255, value >> 8 & 255, value & 255]
    }
}
