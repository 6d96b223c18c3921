import CFFmpeg

extension Frame {
    /// Samples per channel, 0 for video.
    package var sampleCount: Int { unsafe Int(raw.pointee.nb_samples) }
    /// Samples per second, 0 for video.
    package var sampleRate: Int { unsafe Int(raw.pointee.sample_rate) }

    /// The format of samples; nil for video and empty frames.
    package var sampleFormat: SampleFormat? {
        sampleCount > 0 ? unsafe SampleFormat(rawNumber: raw.pointee.format) : nil
    }

    /// The channels; nil for video.
    package var channelLayout: ChannelLayout? {
        guard unsafe raw.pointee.ch_layout.nb_channels > 0 else { return nil }
        return unsafe withUnsafePointer(to: &raw.pointee.ch_layout) { unsafe ChannelLayout($0) }
    }

    /// The float samples of one plane (format `fltp`: one channel; `flt`: all, interleaved).
    ///
    /// Any other format is our bug: convert first.
    package func withFloatSamples<Result, Failure: Error>(
        plane: Int, _ body: (Span<Float>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        precondition(sampleFormat == .fltp || sampleFormat == .flt, "samples are not floats")
        return try body(unsafe samples(plane: plane, as: Float.self).span)
    }

    /// The 16-bit samples of one plane (format `s16p`: one channel; `s16`: all, interleaved).
    ///
    /// Any other format is our bug: convert first.
    package func withInt16Samples<Result, Failure: Error>(
        plane: Int, _ body: (Span<Int16>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        precondition(sampleFormat == .s16p || sampleFormat == .s16, "samples are not 16-bit")
        return try body(unsafe samples(plane: plane, as: Int16.self).span)
    }

    /// Writes the float samples of one plane; ``makeWritable()`` first unless just allocated.
    package func withMutableFloatSamples<Result, Failure: Error>(
        plane: Int, _ body: (inout MutableSpan<Float>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        precondition(sampleFormat == .fltp || sampleFormat == .flt, "samples are not floats")
        precondition(unsafe av_frame_is_writable(raw) > 0, "the samples are shared")
        let buffer = unsafe UnsafeMutableBufferPointer(
            mutating: samples(plane: plane, as: Float.self))
        var span = unsafe buffer.mutableSpan
        return try body(&span)
    }

    private func samples<Sample>(
        plane: Int, as type: Sample.Type
    ) -> UnsafeBufferPointer<Sample> {
        precondition((0..<planeCount).contains(plane), "no plane \(plane)")
        guard let data = unsafe cffmpeg_frame_data(raw, Int32(plane)) else {
            return unsafe UnsafeBufferPointer(start: nil, count: 0)
        }
        let channels = sampleFormat?.isPlanar == true ? 1 : channelLayout?.channelCount ?? 0
        return unsafe UnsafeBufferPointer(
            start: UnsafeRawPointer(data).assumingMemoryBound(to: type),
            count: sampleCount * channels)
    }
}
