extension Image {
    /// Resizes by a factor, premultiplying nothing. Wraps `resize`.
    ///
    /// Premultiply an image with alpha first, or transparent pixels' colours bleed in.
    package func resized(
        by scale: Double, vertically: Double? = nil, kernel: Kernel = .lanczos3
    ) throws(VipsError) -> Image {
        try Operation.image(
            "resize",
            [
                "in": .image(self), "scale": .double(scale),
                "vscale": .double(vertically ?? scale), "kernel": .nick(kernel),
            ])
    }

    /// Scales into exactly `width` × `height`, with alpha premultiplied through it. Wraps `thumbnail_image`.
    ///
    /// No rotation, no colour conversion; the caller has decided the sides.
    package func thumbnail(
        width: Int, height: Int, size: SizeRule = .force
    ) throws(VipsError) -> Image {
        try Operation.image(
            "thumbnail_image",
            [
                "in": .image(self), "width": .int(width), "height": .int(height),
                "size": .nick(size), "no_rotate": true,
            ])
    }

    /// Scales to exactly `width` × `height`, colours weighted by alpha; the format stays. Wraps `resize`.
    ///
    /// Works in the image's own colour space: no conversion, no rotation.
    package func scaled(
        toWidth width: Int, height: Int, kernel: Kernel = .lanczos3
    ) throws(VipsError) -> Image {
        if width == self.width && height == self.height { return self }
        let across = Double(width) / Double(self.width)
        let down = Double(height) / Double(self.height)
        guard hasAlpha else {
            return try resized(by: across, vertically: down, kernel: kernel)
        }
        // A transparent pixel's colour means nothing and must not bleed into its neighbours.
        let scaled = try premultiplied()
            .resized(by: across, vertically: down, kernel: kernel)
            .unpremultiplied()
        // Cut off instead of rounded, every size of a chain would be darker than the one before.
        return format.isFloat ? try scaled.cast(to: format) : try scaled.rounded().cast(to: format)
    }

    /// Cuts a rectangle out. Wraps `extract_area`.
    package func extractingArea(
        left: Int, top: Int, width: Int, height: Int
    ) throws(VipsError) -> Image {
        try Operation.image(
            "extract_area",
            [
                "input": .image(self), "left": .int(left), "top": .int(top),
                "width": .int(width), "height": .int(height),
            ])
    }

    /// Cuts the most interesting rectangle of that size out. Wraps `smartcrop`.
    package func smartCropped(
        width: Int, height: Int, interesting: Interesting = .attention
    ) throws(VipsError) -> Image {
        try Operation.image(
            "smartcrop",
            [
                "input": .image(self), "width": .int(width), "height": .int(height),
                "interesting": .nick(interesting),
            ])
    }

    /// Turns and mirrors as the EXIF orientation says, and removes that field. Wraps `autorot`.
    package func autorotated() throws(VipsError) -> Image {
        try Operation.image("autorot", ["in": .image(self)])
    }

    /// Turns by quarters. Wraps `rot`.
    package func rotated(_ turn: Turn) throws(VipsError) -> Image {
        try Operation.image("rot", ["in": .image(self), "angle": .nick(turn)])
    }

    /// Mirrors. Wraps `flip`.
    package func flipped(_ direction: Direction) throws(VipsError) -> Image {
        try Operation.image("flip", ["in": .image(self), "direction": .nick(direction)])
    }

    /// Puts the image into a larger canvas. Wraps `embed`.
    package func embedded(
        x: Int, y: Int, width: Int, height: Int, extend: Extend = .background,
        background: [Double] = [0]
    ) throws(VipsError) -> Image {
        try Operation.image(
            "embed",
            [
                "in": .image(self), "x": .int(x), "y": .int(y), "width": .int(width),
                "height": .int(height), "extend": .nick(extend), "background": .doubles(background),
            ])
    }

    /// Repeats pixels a whole number of times, blocks with hard edges. Wraps `zoom`.
    package func zoomed(_ factor: Int) throws(VipsError) -> Image {
        try Operation.image(
            "zoom", ["input": .image(self), "xfac": .int(factor), "yfac": .int(factor)])
    }
}
