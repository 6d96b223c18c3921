import FFmpeg

extension Frame {
    /// Silence in a format of planar floats.
    static func silence(
        _ format: Resampler.Format, sampleCount: Int
    ) throws(FFmpegError) -> Frame {
        let frame = try Frame(
            sampleCount: sampleCount, sampleFormat: format.sampleFormat,
            channelLayout: format.channelLayout, sampleRate: format.sampleRate)
        for plane in 0..<frame.planeCount {
            frame.withMutableFloatSamples(plane: plane) { samples in
                for index in samples.indices { samples[index] = 0 }
            }
        }
        return frame
    }

    /// A copy of some of the samples of planar floats.
    func samples(_ range: Range<Int>, of format: Resampler.Format) throws(FFmpegError) -> Frame {
        let part = try Frame(
            sampleCount: range.count, sampleFormat: format.sampleFormat,
            channelLayout: format.channelLayout, sampleRate: format.sampleRate)
        for plane in 0..<planeCount {
            withFloatSamples(plane: plane) { source in
                part.withMutableFloatSamples(plane: plane) { target in
                    for index in target.indices {
                        target[index] = source[range.lowerBound + index]
                    }
                }
            }
        }
        return part
    }

    /// Replaces what is no sound (NaN, infinity, absurd numbers of a damaged float file) by silence:
    /// encoders refuse it and meters never recover from it.
    func replaceAbsurdSamples() throws(FFmpegError) {
        // 24 dB above full scale: nothing that was ever recorded.
        let limit: Float = 16
        for plane in 0..<planeCount {
            let isSane = withFloatSamples(plane: plane) { samples in
                for index in samples.indices where !(abs(samples[index]) <= limit) { return false }
                return true
            }
            if isSane { continue }
            try makeWritable()
            withMutableFloatSamples(plane: plane) { samples in
                for index in samples.indices where !(abs(samples[index]) <= limit) {
                    samples[index] = 0
                }
            }
        }
    }
}
