import FFmpeg

/// Turns blocks of planar floats into a waveform.
///
/// The loops over samples are kept free of branches and calls, so that they run many samples at
/// once: they see every sample of every recording.
struct WaveformMeter {
    private(set) var waveform: Waveform

    init(sampleRate: Int, samplesPerPixel: Int) {
        waveform = Waveform(sampleRate: sampleRate, samplesPerPixel: samplesPerPixel)
    }

    mutating func consume(_ frame: Frame) {
        let count = frame.sampleCount
        var start = 0
        while start < count {
            let range = start..<min(count, start + waveform.room)
            let (lowest, highest) = Self.extremes(frame, range)
            waveform.append(lowest: lowest, highest: highest, count: range.count)
            start = range.upperBound
        }
    }

    mutating func finish() -> Waveform {
        waveform.finish()
        return waveform
    }

    /// Division towards zero keeps the order of sums, so that it can wait until the extremes are
    /// known.
    private static func extremes(_ frame: Frame, _ range: Range<Int>) -> (Int16, Int16) {
        let (lowest, highest, divisor) = frame.withFloatSamples(plane: 0) { left in
            guard frame.planeCount > 1 else {
                let found = extremes(left.extracting(range))
                return (found.lowest, found.highest, Int32(1))
            }
            return frame.withFloatSamples(plane: 1) { right in
                let found = extremes(left.extracting(range), right.extracting(range))
                return (found.lowest, found.highest, Int32(2))
            }
        }
        return (Int16(clamping: lowest / divisor), Int16(clamping: highest / divisor))
    }

    private static func extremes(_ samples: Span<Float>) -> (lowest: Int32, highest: Int32) {
        var lowest = Int32.max
        var highest = Int32.min
        for index in 0..<samples.count {
            let sample = integer(samples[index])
            lowest = min(lowest, sample)
            highest = max(highest, sample)
        }
        return (lowest, highest)
    }

    /// Of the sums of two channels.
    private static func extremes(
        _ left: Span<Float>, _ right: Span<Float>
    ) -> (lowest: Int32, highest: Int32) {
        var lowest = Int32.max
        var highest = Int32.min
        for index in 0..<min(left.count, right.count) {
            let sum = integer(left[index]) &+ integer(right[index])
            lowest = min(lowest, sum)
            highest = max(highest, sum)
        }
        return (lowest, highest)
    }

    /// As swresample makes 16-bit samples of floats: nearest, ties to even, clipped.
    ///
    /// Added to 1.5·2²³ a float has no bits left for fractions: the processor's own rounding gives
    /// the nearest integer in the lower bits, without a call per sample.
    @inline(__always)
    private static func integer(_ sample: Float) -> Int32 {
        let magic: Float = 12_582_912
        let clipped = min(max(sample * 32_768, -32_768), 32_767)
        return Int32(bitPattern: (clipped + magic).bitPattern &- magic.bitPattern)
    }
}
