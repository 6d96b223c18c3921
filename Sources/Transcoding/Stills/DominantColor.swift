/// The colour that most of a picture has.
package enum DominantColor {
    /// Bits per channel of a histogram cell: 16 levels, so that a gradient does not split too far.
    private static let bits = 4

    /// The mean colour of the fullest histogram cell, as `#rrggbb`; `nil` when all is transparent.
    package static func of(_ picture: SmallPicture) -> String? {
        struct Cell {
            var weight = 0
            var red = 0
            var green = 0
            var blue = 0
        }
        var cells = [Cell](repeating: Cell(), count: 1 << (3 * bits))
        for index in stride(from: 0, to: picture.pixels.count, by: 4) {
            let red = Int(picture.pixels[index])
            let green = Int(picture.pixels[index + 1])
            let blue = Int(picture.pixels[index + 2])
            let alpha = Int(picture.pixels[index + 3])
            let shift = 8 - bits
            let cell = ((red >> shift) << (2 * bits)) | ((green >> shift) << bits) | (blue >> shift)
            cells[cell].weight += alpha
            cells[cell].red += red * alpha
            cells[cell].green += green * alpha
            cells[cell].blue += blue * alpha
        }
        // The first of equals, so that the answer does not depend on anything but the pixels.
        var fullest = Cell()
        for cell in cells where cell.weight > fullest.weight { fullest = cell }
        guard fullest.weight > 0 else { return nil }
        let digits = Array("0123456789abcdef")
        let channels = [fullest.red, fullest.green, fullest.blue].map {
            ($0 + fullest.weight / 2) / fullest.weight
        }
        return "#" + channels.map { "\(digits[$0 >> 4])\(digits[$0 & 15])" }.joined()
    }
}
