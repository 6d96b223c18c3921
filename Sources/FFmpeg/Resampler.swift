import CFFmpeg

/// Changes the rate, format and channels of sound. Wraps SwrContext.
///
/// Freed on every path; not thread-safe, may move between threads.
/// <https://ffmpeg.org/doxygen/5.1/group__lswr.html>
package struct Resampler: ~Copyable, @unchecked Sendable {
    /// What one side of the conversion is.
    package struct Format: Sendable, Hashable {
        /// Samples per second.
        package let sampleRate: Int
        /// The format of samples.
        package let sampleFormat: SampleFormat
        /// The channels.
        package let channelLayout: ChannelLayout

        /// A format by its parts.
        package init(sampleRate: Int, sampleFormat: SampleFormat, channelLayout: ChannelLayout) {
            self.sampleRate = sampleRate
            self.sampleFormat = sampleFormat
            self.channelLayout = channelLayout
        }

        /// The format of a frame; nil for pictures and empty frames.
        package init?(_ frame: Frame) {
            guard let sampleFormat = frame.sampleFormat, let layout = frame.channelLayout else {
                return nil
            }
            self.init(
                sampleRate: frame.sampleRate, sampleFormat: sampleFormat, channelLayout: layout)
        }
    }

    /// What goes in.
    package let input: Format
    /// What comes out.
    package let output: Format
    private let context: ResamplerContext

    /// A converter. `mixMatrix` says how much of each input channel goes into each output channel
    /// (`mixMatrix[output][input]`, linear); nil = FFmpeg's own for the two layouts. `options` are
    /// swresample's ("resampler": "soxr", "dither_method": "triangular"); unknown is an error.
    /// Wraps swr_alloc_set_opts2, swr_set_matrix and swr_init.
    package init(
        from input: Format, to output: Format, mixMatrix: [[Double]]? = nil,
        options: [String: String] = [:]
    ) throws(FFmpegError) {
        LogCapture.install()
        self.input = input
        self.output = output
        context = try ResamplerContext(input, output, mixMatrix, options)
    }

    /// Converts one frame; nil flushes. Returns nil when there is nothing to give: keep sending,
    /// or, after a flush, it is over. Throws `.inputChanged` for a frame of another format.
    /// Wraps swr_convert and swr_next_pts.
    package mutating func convert(_ frame: Frame?) throws(FFmpegError) -> Frame? {
        if let frame, Format(frame)?.hasSameShape(as: input) != true {
            throw FFmpegError(.inputChanged, operation: "swr_convert")
        }
        let raw = unsafe context.raw
        let count = unsafe Int(swr_get_out_samples(raw, Int32(frame?.sampleCount ?? 0)))
        var time: Int64?
        if let pts = frame?.pts, let base = frame?.timeBase, base.num > 0 {
            // swr counts in 1 / (input rate × output rate) seconds, which no AVRational holds.
            let samples = Rational(1, Int32(output.sampleRate)).rescale(pts, from: base)
            time = unsafe swr_next_pts(raw, samples * Int64(input.sampleRate))
        } else {
            time = unsafe swr_next_pts(raw, .min)
        }
        guard count > 0 else { return nil }
        let result = try Frame(
            sampleCount: count, sampleFormat: output.sampleFormat,
            channelLayout: output.channelLayout, sampleRate: output.sampleRate)
        let produced = try check("swr_convert") {
            unsafe withInput(frame) { planes in
                unsafe swr_convert(
                    raw, result.raw.pointee.extended_data, Int32(count), planes,
                    Int32(frame?.sampleCount ?? 0))
            }
        }
        guard produced > 0 else { return nil }
        unsafe result.raw.pointee.nb_samples = produced
        result.timeBase = Rational(1, Int32(output.sampleRate))
        result.pts = time.flatMap { time in
            time == .min ? nil : roundedQuotient(time, Int64(input.sampleRate))
        }
        result.duration = Int64(produced)
        return result
    }

    /// How much sound is held back, in seconds. Wraps swr_get_delay.
    package var delay: Double {
        unsafe Double(swr_get_delay(context.raw, 1_000_000)) / 1_000_000
    }
}

private func withInput(
    _ frame: Frame?,
    _ body: (UnsafeMutablePointer<UnsafePointer<UInt8>?>?) -> Int32
) -> Int32 {
    guard let frame, let planes = unsafe frame.raw.pointee.extended_data else {
        return body(nil)
    }
    return unsafe planes.withMemoryRebound(
        to: UnsafePointer<UInt8>?.self, capacity: frame.planeCount, body)
}

/// a ÷ b to the nearest.
private func roundedQuotient(_ a: Int64, _ b: Int64) -> Int64 {
    a >= 0 ? (a + b / 2) / b : (a - b / 2) / b
}

extension Resampler.Format {
    /// The same but for the names of channels, which change nothing in memory.
    fileprivate func hasSameShape(as other: Self) -> Bool {
        sampleRate == other.sampleRate && sampleFormat == other.sampleFormat
            && channelLayout.channelCount == other.channelLayout.channelCount
    }
}
