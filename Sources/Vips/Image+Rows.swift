import CVips

/// Writes one row of an image whose rows are made on demand; called by C.
private final class RowWriter {
    let write: (Int, inout MutableSpan<UInt8>) throws -> Void
    let rowLength: Int
    var failure: (any Error)?

    init(rowLength: Int, write: @escaping (Int, inout MutableSpan<UInt8>) throws -> Void) {
        self.rowLength = rowLength
        self.write = write
    }
}

extension Image {
    /// Lends an image, 8 bits per channel, whose rows `row` writes when somebody asks for them: each
    /// once, from the top, without the image ever being in memory as a whole. Wraps
    /// `vips_image_generate` and `sequential`.
    ///
    /// - Parameters:
    ///   - bands: 3 sRGB, 4 sRGB and alpha.
    ///   - row: gets the number of the row and its packed bytes. It is called on threads of libvips,
    ///     one call at a time, while `body` evaluates the image. What it throws ends that evaluation,
    ///     and is what this function throws.
    ///   - body: must not keep the image.
    package static func withRows<Result>(
        width: Int, height: Int, bands: Int,
        row: (Int, inout MutableSpan<UInt8>) throws -> Void, body: (Image) throws -> Result
    ) throws -> Result {
        try withoutActuallyEscaping(row) { row in
            let writer = RowWriter(rowLength: width * bands, write: row)
            return try withExtendedLifetime(writer) {
                let context = unsafe Unmanaged.passUnretained(writer).toOpaque()
                guard
                    let handle = unsafe cvips_image_from_rows(
                        Int32(clamping: width), Int32(clamping: height), Int32(clamping: bands),
                        writeRow, context)
                else { throw VipsError.taking("vips_image_generate") }
                do {
                    let rows = unsafe Image(owning: handle)
                    return try body(try Operation.image("sequential", ["in": .image(rows)]))
                } catch {
                    throw writer.failure ?? error
                }
            }
        }
    }
}

private func writeRow(
    _ context: UnsafeMutableRawPointer?, _ y: Int32, _ row: UnsafeMutableRawPointer?
) -> Int32 {
    guard let context = unsafe context, let row = unsafe row else { return -1 }
    let writer = unsafe Unmanaged<RowWriter>.fromOpaque(context).takeUnretainedValue()
    do {
        let bytes = unsafe row.assumingMemoryBound(to: UInt8.self)
        var span = unsafe MutableSpan(_unsafeStart: bytes, count: writer.rowLength)
        try writer.write(Int(y), &span)
        return 0
    } catch {
        writer.failure = error
        return -1
    }
}
