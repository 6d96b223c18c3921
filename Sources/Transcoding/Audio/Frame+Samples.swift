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

    /// The largest magnitude of one plane's floats; above every number when one of them is none.
    func largestMagnitude(plane: Int) -> Float {
        withFloatSamples(plane: plane) { samples in
            // Without their sign the bits of floats are ordered like integers, infinity and NaN
            // last: integers are compared many at once, floats (because of NaN) one by one.
            var largest: Int32 = 0
            for index in 0..<samples.count {
                largest = max(largest, Int32(bitPattern: samples[index].bitPattern & 0x7fff_ffff))
            }
            let magnitude = Float(bitPattern: UInt32(bitPattern: largest))
            return magnitude.isNaN ? .infinity : magnitude
        }
    }

    /// Replaces what is no sound (NaN, infinity, absurd numbers of a damaged float file) by silence:
    /// encoders refuse it and meters never recover from it.
    func replaceAbsurdSamples() throws(FFmpegError) {
        // 24 dB above full scale: nothing that was ever recorded.
        let limit: Float = 16
        for plane in 0..<planeCount where largestMagnitude(plane: plane) > limit {
            try makeWritable()
            withMutableFloatSamples(plane: plane) { samples in
                for index in samples.indices where !(abs(samples[index]) <= limit) {
                    samples[index] = 0
                }
            }
        }
    }
}
