extension Image {
    /// Adds another image, value by value. Wraps `add`.
    package func adding(_ other: Image) throws(VipsError) -> Image {
        try Operation.image("add", ["left": .image(self), "right": .image(other)])
    }

    /// Takes another image away, value by value. Wraps `subtract`.
    package func subtracting(_ other: Image) throws(VipsError) -> Image {
        try Operation.image("subtract", ["left": .image(self), "right": .image(other)])
    }

    /// Multiplies with another image, value by value; one channel is used for all. Wraps `multiply`.
    package func multiplied(by other: Image) throws(VipsError) -> Image {
        try Operation.image("multiply", ["left": .image(self), "right": .image(other)])
    }

    /// Divides by another image, value by value; by zero gives zero. Wraps `divide`.
    package func divided(by other: Image) throws(VipsError) -> Image {
        try Operation.image("divide", ["left": .image(self), "right": .image(other)])
    }

    /// `a` × value + `b`, the same for every channel; in floating point. Wraps `linear`.
    package func linear(_ a: Double, _ b: Double) throws(VipsError) -> Image {
        try linear([a], [b])
    }

    /// The values without their sign. Wraps `abs`.
    package func absolute() throws(VipsError) -> Image {
        try Operation.image("abs", ["in": .image(self)])
    }

    /// The largest channel of each pixel. Wraps `bandrank`.
    package func largestBand() throws(VipsError) -> Image {
        guard bands > 1 else { return self }
        var channels: [Image] = []
        for band in 0..<bands { channels.append(try extractingBands(from: band)) }
        return try Operation.image(
            "bandrank", ["in": .images(channels), "index": .int(bands - 1)])
    }

    /// Brings every value between two bounds; what is no number becomes the lower one.
    /// Wraps `relational_const` and `ifthenelse`.
    package func clamped(from low: Double, to high: Double) throws(VipsError) -> Image {
        // Comparisons with NaN are false.
        let raised = try choosing(where: "more", low, else: low)
        return try raised.choosing(where: "less", high, else: high)
    }

    /// Exchanges the bytes of every value. Wraps `byteswap`.
    package func byteSwapped() throws(VipsError) -> Image {
        try Operation.image("byteswap", ["in": .image(self)])
    }

    private func choosing(
        where relation: String, _ bound: Double, else other: Double
    ) throws(VipsError) -> Image {
        let isRight = try Operation.image(
            "relational_const",
            ["in": .image(self), "relational": .string(relation), "c": .doubles([bound])])
        let plain = try Operation.image(
            "black", ["width": .int(width), "height": .int(height)]
        ).linear(0, other)
        return try Operation.image(
            "ifthenelse", ["cond": .image(isRight), "in1": .image(self), "in2": .image(plain)]
        ).tagged(interpretation)
    }
}

extension Image {
    /// Scales down by whole factors, averaging the pixels of each block. Wraps `shrink`.
    package func averaged(across: Int, down: Int) throws(VipsError) -> Image {
        try Operation.image(
            "shrink", ["in": .image(self), "hshrink": .int(across), "vshrink": .int(down)])
    }

    /// Works the pipeline out and returns its values, `bands` for each pixel.
    package func floats() throws(VipsError) -> [Float] {
        let image = format == .float ? self : try cast(to: .float)
        let bytes = try image.pixels()
        return unsafe bytes.withUnsafeBytes { unsafe Array($0.bindMemory(to: Float.self)) }
    }
}
