import FFmpeg

/// Turns blocks of planar floats into a waveform.
struct WaveformMeter {
    private(set) var waveform: Waveform

    init(sampleRate: Int, samplesPerPixel: Int) {
        waveform = Waveform(sampleRate: sampleRate, samplesPerPixel: samplesPerPixel)
    }

    mutating func consume(_ frame: Frame) {
        frame.withFloatSamples(plane: 0) { left in
            guard frame.planeCount > 1 else {
                for index in left.indices { waveform.append(Self.integer(left[index])) }
                return
            }
            frame.withFloatSamples(plane: 1) { right in
                for index in left.indices {
                    let sum = Int(Self.integer(left[index])) + Int(Self.integer(right[index]))
                    waveform.append(Int16(sum / 2))
                }
            }
        }
    }

    mutating func finish() -> Waveform {
        waveform.finish()
        return waveform
    }

    /// As swresample makes 16-bit samples of floats: nearest, ties to even, clipped.
    private static func integer(_ sample: Float) -> Int16 {
        let scaled = (sample * 32_768).rounded(.toNearestOrEven)
        return Int16(max(-32_768, min(32_767, scaled)))
    }
}
