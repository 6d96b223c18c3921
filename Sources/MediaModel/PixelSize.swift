/// Width and height in pixels.
package struct PixelSize: Codable, Hashable, Sendable, CustomStringConvertible {
    package var width: Int
    package var height: Int

    package init(width: Int, height: Int) {
        self.width = width
        self.height = height
    }

    /// Area in pixels; saturates instead of overflowing on lying headers.
    package var area: Int {
        let (product, overflow) = width.multipliedReportingOverflow(by: height)
        return overflow ? Int.max : product
    }

    package var aspectRatio: Double { height == 0 ? 0 : Double(width) / Double(height) }
    package var description: String { "\(width)x\(height)" }
    package var transposed: PixelSize { PixelSize(width: height, height: width) }
}
