import CVips

extension Image {
    /// Makes an image of packed pixels without a copy.
    ///
    /// The memory (`width` × `height` × `bands` values, rows without padding) is allocated here,
    /// zeroed, written by `fill` as bytes, and freed with the image.
    ///
    /// - Parameters:
    ///   - bands: 1 grey, 2 grey and alpha, 3 sRGB, 4 sRGB and alpha.
    ///   - format: of a value; `uchar`, `ushort` or `float`.
    package static func packed<Failure: Error>(
        width: Int, height: Int, bands: Int, format: BandFormat = .uchar,
        fill: (inout MutableSpan<UInt8>) throws(Failure) -> Void
    ) throws -> Image {
        precondition(width > 0 && height > 0 && (1...4).contains(bands), "not a picture")
        let (rows, overflowRows) = width.multipliedReportingOverflow(by: height)
        let (count, overflow) = rows.multipliedReportingOverflow(by: bands * format.bitCount / 8)
        guard !overflowRows, !overflow, let memory = unsafe g_try_malloc0(gsize(count)) else {
            throw VipsError(
                operation: "packed", detail: "no memory for \(width)×\(height)×\(bands)")
        }
        do {
            let bytes = unsafe memory.assumingMemoryBound(to: UInt8.self)
            var span = unsafe MutableSpan(_unsafeStart: bytes, count: count)
            try fill(&span)
        } catch {
            unsafe g_free(memory)
            throw error
        }
        guard
            let handle = unsafe vips_image_new_from_memory(
                memory, count, Int32(width), Int32(height), Int32(bands), format.raw)
        else {
            unsafe g_free(memory)
            throw VipsError.taking("vips_image_new_from_memory")
        }
        unsafe cvips_image_free_on_close(handle, memory)
        let image = unsafe Image(owning: handle)
        // Without it three bands would be "multiband", and nothing would know them for colours.
        return try image.tagged(.usual(bands: bands, format))
    }

    /// Makes an image of a copy of rows that may have something behind them.
    ///
    /// - Parameters:
    ///   - rows: from the top; the last one may end with its last pixel.
    ///   - rowLength: the distance of two rows, in bytes.
    ///   - format: of a value; `uchar`, `ushort` or `float`.
    package static func copied(
        rows: Span<UInt8>, rowLength: Int, width: Int, height: Int, bands: Int, format: BandFormat
    ) throws -> Image {
        let packed = width * bands * format.bitCount / 8
        precondition(
            rowLength >= packed && rows.count >= rowLength * (height - 1) + packed,
            "rows do not fit the size")
        return try Image.packed(width: width, height: height, bands: bands, format: format) {
            span in
            unsafe rows.withUnsafeBufferPointer { from in
                unsafe span.withUnsafeMutableBufferPointer { to in
                    guard let from = from.baseAddress, let to = to.baseAddress else {
                        return
                    }
                    for row in 0..<height {
                        unsafe (to + row * packed).update(
                            from: from + row * rowLength, count: packed)
                    }
                }
            }
        }
    }

    /// Makes an image of nothing but zeros, which takes no memory. Wraps `black`.
    package static func blank(
        width: Int, height: Int, bands: Int, format: BandFormat
    ) throws(VipsError) -> Image {
        try Operation.image(
            "black", ["width": .int(width), "height": .int(height), "bands": .int(bands)]
        ).cast(to: format).tagged(.usual(bands: bands, format))
    }

    /// Makes an image of a copy of packed pixels, 8 bits per channel.
    ///
    /// - Parameter pixels: exactly `width` × `height` × `bands` bytes, rows without padding.
    package convenience init(
        copying pixels: Span<UInt8>, width: Int, height: Int, bands: Int
    ) throws(VipsError) {
        precondition(pixels.count == width * height * bands, "pixels do not fit the size")
        let made = unsafe pixels.withUnsafeBufferPointer { bytes in
            unsafe vips_image_new_from_memory_copy(
                bytes.baseAddress, bytes.count, Int32(width), Int32(height), Int32(bands),
                VIPS_FORMAT_UCHAR)
        }
        guard let handle = unsafe made else {
            throw VipsError.taking("vips_image_new_from_memory_copy")
        }
        let tagged = try unsafe Image(owning: handle).tagged(bands < 3 ? .grey : .srgb)
        unsafe g_object_ref(tagged.handle)
        unsafe self.init(owning: tagged.handle)
    }

    /// Says what the channels mean, without touching a pixel.
    package func tagged(_ interpretation: Interpretation) throws(VipsError) -> Image {
        try Operation.image("copy", ["in": .image(self), "interpretation": .nick(interpretation)])
    }

    /// Works the whole pipeline out into memory. Wraps `vips_image_copy_memory`.
    ///
    /// Between two uses of one expensive pipeline this makes it run once.
    package func copiedToMemory() throws(VipsError) -> Image {
        guard let copy = unsafe vips_image_copy_memory(handle) else {
            throw VipsError.taking("copy_memory")
        }
        return unsafe Image(owning: copy)
    }

    /// Works the pipeline out and lends its pixels as bytes: packed rows, `bands` values of
    /// `format` per pixel.
    package func withPixels<Result>(
        _ body: (Span<UInt8>) throws -> Result
    ) throws -> Result {
        var count = 0
        guard let memory = unsafe vips_image_write_to_memory(handle, &count) else {
            throw VipsError.taking("write_to_memory")
        }
        defer { unsafe g_free(memory) }
        let bytes = unsafe memory.assumingMemoryBound(to: UInt8.self)
        return try body(unsafe Span(_unsafeStart: bytes, count: count))
    }

    /// Works the pipeline out and returns its pixels as bytes: packed rows.
    package func pixels() throws(VipsError) -> [UInt8] {
        var count = 0
        guard let memory = unsafe vips_image_write_to_memory(handle, &count) else {
            throw VipsError.taking("write_to_memory")
        }
        defer { unsafe g_free(memory) }
        return unsafe [UInt8](UnsafeRawBufferPointer(start: memory, count: count))
    }
}
