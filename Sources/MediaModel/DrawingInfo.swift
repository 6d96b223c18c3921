/// A drawing of lines and shapes, which has a wish of a size and no pixels.
package struct DrawingInfo: Codable, Hashable, Sendable {
    /// In CSS pixels.
    package var width: Double
    package var height: Double
    /// Whether pictures of pixels are part of it.
    package var hasPictures: Bool

    package init(width: Double, height: Double, hasPictures: Bool = false) {
        self.width = width
        self.height = height
        self.hasPictures = hasPictures
    }
}
