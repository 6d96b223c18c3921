extension Image {
    /// Lays another image over this one. Wraps `composite2`.
    package func composited(
        with overlay: Image, mode: BlendMode = .over, x: Int = 0, y: Int = 0
    ) throws(VipsError) -> Image {
        try Operation.image(
            "composite2",
            [
                "base": .image(self), "overlay": .image(overlay), "mode": .nick(mode),
                "x": .int(x), "y": .int(y),
            ])
    }

    /// Puts images into a grid, row by row, each cell as large as the largest. Wraps `arrayjoin`.
    ///
    /// - Parameter across: images per row.
    package static func grid(
        _ images: [Image], across: Int, background: [Double] = [0]
    ) throws(VipsError) -> Image {
        try Operation.image(
            "arrayjoin",
            [
                "in": .images(images), "across": .int(across), "background": .doubles(background),
            ])
    }

    /// Puts another image beside or below this one. Wraps `join`.
    package func joined(with other: Image, _ direction: Direction) throws(VipsError) -> Image {
        try Operation.image(
            "join", ["in1": .image(self), "in2": .image(other), "direction": .nick(direction)])
    }

    /// A plain colour. Wraps `black` and `linear`.
    ///
    /// - Parameter colour: one value 0…255 per channel.
    package static func plain(width: Int, height: Int, colour: [Double]) throws(VipsError) -> Image
    {
        let black = try Operation.image(
            "black",
            ["width": .int(width), "height": .int(height), "bands": .int(colour.count)])
        let filled = try black.linear(colour.map { _ in 1 }, colour)
        return try filled.cast(to: .uchar).tagged(colour.count < 3 ? .grey : .srgb)
    }
}
