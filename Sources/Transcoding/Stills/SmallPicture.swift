/// A small upright sRGB picture in memory, four bytes (red, green, blue, alpha) per pixel.
///
/// What placeholders are computed from, for stills and film frames alike. Alpha is straight.
package struct SmallPicture: Hashable, Sendable {
    package let width: Int
    package let height: Int
    /// `width` × `height` × 4 bytes, rows from the top, no padding.
    package let pixels: [UInt8]

    /// Longest side that placeholders are computed from, in pixels; ThumbHash allows no more.
    package static let longestSide = 100

    package init(width: Int, height: Int, pixels: [UInt8]) {
        precondition(width > 0 && height > 0, "a picture has pixels")
        precondition(pixels.count == width * height * 4, "pixels do not fit the size")
        self.width = width
        self.height = height
        self.pixels = pixels
    }

    /// The size that fits into ``longestSide`` with the aspect kept; never enlarged.
    package static func size(for width: Int, _ height: Int) -> (width: Int, height: Int) {
        let scale = min(1, Double(longestSide) / Double(max(width, height)))
        return (
            max(1, Int((Double(width) * scale).rounded())),
            max(1, Int((Double(height) * scale).rounded()))
        )
    }
}
