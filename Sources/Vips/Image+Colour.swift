import CVips

extension Image {
    /// Converts to another colour space by the interpretation, not by a profile. Wraps `colourspace`.
    package func converted(to space: Interpretation) throws(VipsError) -> Image {
        try Operation.image("colourspace", ["in": .image(self), "space": .nick(space)])
    }

    /// Converts with profiles: from the embedded one, else from `input`. Wraps `icc_transform`.
    ///
    /// - Parameters:
    ///   - output: a built-in profile (`srgb`, `p3`, `cmyk`).
    ///   - input: what to assume without an embedded profile, or with one that cannot be used.
    ///   - depth: bits of the result, 8 or 16.
    package func transformed(
        toProfile output: String, input: String? = nil, intent: Intent = .relative, depth: Int = 8,
        blackPointCompensation: Bool = true
    ) throws(VipsError) -> Image {
        var operation = try Operation("icc_transform")
        try operation.set("in", .image(self))
        try operation.set("output_profile", .string(output))
        try operation.set("embedded", true)
        if let input { try operation.set("input_profile", .string(input)) }
        try operation.set("intent", .nick(intent))
        try operation.set("depth", .int(depth))
        try operation.set("black_point_compensation", .bool(blackPointCompensation))
        try operation.run()
        return try operation.image()
    }

    /// Converts L*, a*, b* of D50, as profiles count, to a profile's colours. Wraps `icc_export`.
    ///
    /// - Parameter output: a built-in profile (`srgb`, `p3`, `cmyk`).
    package func exportingLab(
        toProfile output: String, intent: Intent = .relative
    ) throws(VipsError) -> Image {
        try Operation.image(
            "icc_export",
            [
                "in": .image(self), "output_profile": .string(output), "intent": .nick(intent),
                "depth": 8,
            ])
    }

    /// L*, a*, b* in floating point where they are stored as whole numbers, else the image itself.
    package func unpackingLab() throws(VipsError) -> Image {
        let isPacked = unsafe vips_image_get_coding(handle) == VIPS_CODING_LABQ
        return isPacked || interpretation.rawValue == "labs" ? try converted(to: .lab) : self
    }

    /// Multiplies the colours with alpha; the result is in floating point. Wraps `premultiply`.
    package func premultiplied() throws(VipsError) -> Image {
        try Operation.image("premultiply", ["in": .image(self)])
    }

    /// Undoes ``premultiplied()``. Wraps `unpremultiply`.
    package func unpremultiplied() throws(VipsError) -> Image {
        try Operation.image("unpremultiply", ["in": .image(self)])
    }

    /// Lays the image on a plain colour and drops alpha. Wraps `flatten`.
    ///
    /// - Parameter background: one value per colour channel, in the image's own range.
    package func flattened(on background: [Double]) throws(VipsError) -> Image {
        try Operation.image("flatten", ["in": .image(self), "background": .doubles(background)])
    }

    /// Changes the channels' type, clipping. Wraps `cast`.
    ///
    /// - Parameter shift: scale by whole bits between integer types (255 ↔ 65,280).
    package func cast(to format: BandFormat, shift: Bool = false) throws(VipsError) -> Image {
        try Operation.image(
            "cast", ["in": .image(self), "format": .nick(format), "shift": .bool(shift)])
    }

    /// Whole numbers, to the nearest: a cast to an integer type only cuts off. Wraps `round`.
    package func rounded() throws(VipsError) -> Image {
        try Operation.image("round", ["in": .image(self), "round": "rint"])
    }

    /// Adds an opaque alpha channel. Wraps `addalpha`.
    package func addingAlpha() throws(VipsError) -> Image {
        guard Runtime.hasOperation("addalpha") else {
            // An operation from 8.16 on; before, a C function only.
            let opaque: Double = format == .ushort ? 65_535 : 255
            return try Operation.image(
                "bandjoin_const", ["in": .image(self), "c": .doubles([opaque])])
        }
        return try Operation.image("addalpha", ["in": .image(self)])
    }

    /// Takes some channels. Wraps `extract_band`.
    package func extractingBands(from first: Int, count: Int = 1) throws(VipsError) -> Image {
        try Operation.image(
            "extract_band", ["in": .image(self), "band": .int(first), "n": .int(count)])
    }

    /// Appends the channels of others. Wraps `bandjoin`.
    package func joiningBands(_ others: [Image]) throws(VipsError) -> Image {
        try Operation.image("bandjoin", ["in": .images([self] + others)])
    }

    /// `a` × value + `b` for every channel; in floating point. Wraps `linear`.
    package func linear(_ a: [Double], _ b: [Double]) throws(VipsError) -> Image {
        try Operation.image("linear", ["in": .image(self), "a": .doubles(a), "b": .doubles(b)])
    }

    /// Raises every value to 1 / `exponent`, relative to white. Wraps `gamma`.
    package func gamma(exponent: Double) throws(VipsError) -> Image {
        try Operation.image("gamma", ["in": .image(self), "exponent": .double(exponent)])
    }

    /// Looks every value up in a table of one row. Wraps `maplut`.
    package func mapped(through table: Image) throws(VipsError) -> Image {
        try Operation.image("maplut", ["in": .image(self), "lut": .image(table)])
    }
}
