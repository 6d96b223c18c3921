import CFFmpeg

extension Frame {
    /// How many planes the data has: pictures by pixel format, audio 1 or one per channel.
    package var planeCount: Int {
        if let pixelFormat { return pixelFormat.planeCount }
        guard let sampleFormat else { return 0 }
        return sampleFormat.isPlanar ? channelLayout?.channelCount ?? 0 : 1
    }

    /// The bytes of one plane, rows from top to bottom, valid during the call.
    ///
    /// `lineSize` is the distance of two rows in bytes, at least the row's own length; the last row
    /// ends without padding. Pictures stored upside down (negative line size) are copied upright.
    /// Audio: all bytes of the plane, with that count as line size.
    package func withPlane<Result, Failure: Error>(
        _ plane: Int, _ body: (_ bytes: Span<UInt8>, _ lineSize: Int) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let shape = shape(of: plane)
        guard let data = unsafe cffmpeg_frame_data(raw, Int32(plane)), shape.rows > 0 else {
            let nothing = unsafe UnsafeBufferPointer<UInt8>(start: nil, count: 0)
            return try body(unsafe nothing.span, 0)
        }
        if shape.lineSize < 0 {
            var upright: [UInt8] = []
            upright.reserveCapacity(shape.rowBytes * shape.rows)
            for row in 0..<shape.rows {
                unsafe upright.append(
                    contentsOf: UnsafeBufferPointer(
                        start: data + row * shape.lineSize, count: shape.rowBytes))
            }
            return try body(upright.span, shape.rowBytes)
        }
        let buffer = unsafe UnsafeBufferPointer(start: data, count: shape.byteCount)
        return try body(unsafe buffer.span, shape.lineSize)
    }

    /// Writes the bytes of one plane. The data must be this frame's own: ``makeWritable()`` first
    /// unless it was just allocated.
    package func withMutablePlane<Result, Failure: Error>(
        _ plane: Int,
        _ body: (_ bytes: inout MutableSpan<UInt8>, _ lineSize: Int) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        precondition(unsafe av_frame_is_writable(raw) > 0, "the data is shared")
        let shape = shape(of: plane)
        precondition(shape.lineSize >= 0, "the picture is stored upside down")
        let data = unsafe cffmpeg_frame_data(raw, Int32(plane))
        let buffer = unsafe UnsafeMutableBufferPointer(
            start: data, count: data == nil ? 0 : shape.byteCount)
        var span = unsafe buffer.mutableSpan
        return try body(&span, shape.lineSize)
    }

    /// The picture as one array without row padding, plane after plane, each row its own length.
    /// Wraps av_image_copy_to_buffer. <https://ffmpeg.org/doxygen/5.1/imgutils_8h.html>
    package func packedBytes() -> [UInt8] {
        var bytes: [UInt8] = []
        for plane in 0..<planeCount {
            let shape = shape(of: plane)
            guard let data = unsafe cffmpeg_frame_data(raw, Int32(plane)) else { continue }
            for row in 0..<shape.rows {
                unsafe bytes.append(
                    contentsOf: UnsafeBufferPointer(
                        start: data + row * shape.lineSize, count: shape.rowBytes))
            }
        }
        return bytes
    }

    private struct PlaneShape {
        let rows: Int
        let rowBytes: Int
        let lineSize: Int
        var byteCount: Int { lineSize * (rows - 1) + rowBytes }
    }

    private func shape(of plane: Int) -> PlaneShape {
        precondition((0..<planeCount).contains(plane), "no plane \(plane)")
        guard let pixelFormat else {
            let channels = sampleFormat?.isPlanar == true ? 1 : channelLayout?.channelCount ?? 0
            let count = sampleCount * channels * (sampleFormat?.bytesPerSample ?? 0)
            return PlaneShape(rows: 1, rowBytes: count, lineSize: count)
        }
        let isChroma = plane == 1 || plane == 2
        let shift = isChroma ? pixelFormat.chromaShiftY : 0
        let rows = (height + (1 << shift) - 1) >> shift
        return PlaneShape(
            rows: rows,
            rowBytes: max(
                0, Int(av_image_get_linesize(pixelFormat.raw, Int32(width), Int32(plane)))),
            lineSize: unsafe Int(cffmpeg_frame_linesize(raw, Int32(plane))))
    }
}
