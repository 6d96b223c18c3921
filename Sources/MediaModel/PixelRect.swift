/// A part of a picture, in its pixels.
package struct PixelRect: Codable, Hashable, Sendable {
    /// Of the upper left corner.
    package var x: Int
    package var y: Int
    package var size: PixelSize

    package init(x: Int, y: Int, size: PixelSize) {
        self.x = x
        self.y = y
        self.size = size
    }

    /// Whether it lies inside a picture of this size.
    package func fits(in whole: PixelSize) -> Bool {
        x >= 0 && y >= 0 && size.width > 0 && size.height > 0
            && size.width <= whole.width - x && size.height <= whole.height - y
    }
}
