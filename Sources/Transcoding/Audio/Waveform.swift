/// Peaks of the sound: the lowest and highest sample of every stretch, channels averaged.
///
/// The numbers are those of bbc/audiowaveform (WaveformGenerator): 16-bit samples, the channels'
/// sum divided towards zero, a last stretch that may be shorter. A few bytes per stretch, so that
/// hours of sound stay small.
package struct Waveform: Hashable, Sendable {
    /// Of the samples, in hertz.
    package let sampleRate: Int
    package let samplesPerPixel: Int
    /// 16-bit, minimum and maximum of each stretch in turn.
    package private(set) var data: [Int16] = []

    private var lowest = Int16.max
    private var highest = Int16.min
    private var filled = 0

    package init(sampleRate: Int, samplesPerPixel: Int) {
        self.sampleRate = sampleRate
        self.samplesPerPixel = max(1, samplesPerPixel)
    }

    /// Stretches, each a minimum and a maximum.
    package var length: Int { data.count / 2 }

    /// Samples until the stretch under way is full; at least 1.
    var room: Int { samplesPerPixel - filled }

    /// Adds samples that all channels have become, by their extremes.
    ///
    /// - Parameter count: at most `room`.
    mutating func append(lowest: Int16, highest: Int16, count: Int) {
        precondition(count <= room, "a stretch holds no more")
        self.lowest = min(self.lowest, lowest)
        self.highest = max(self.highest, highest)
        filled += count
        if filled == samplesPerPixel { close() }
    }

    /// Ends the last stretch.
    mutating func finish() {
        if filled > 0 { close() }
    }

    /// Full-scale fractions (0…1) of the loudest sample in each of `count` equal parts.
    package func peaks(count: Int) -> [Double] {
        guard length > 0 else { return [Double](repeating: 0, count: count) }
        return (0..<count).map { part in
            let from = part * length / count
            let to = max(from + 1, (part + 1) * length / count)
            var peak = 0
            for value in data[(from * 2)..<(min(to, length) * 2)] {
                peak = max(peak, abs(Int(value)))
            }
            return min(1, Double(peak) / 32_767)
        }
    }

    private mutating func close() {
        data.append(lowest)
        data.append(highest)
        lowest = .max
        highest = .min
        filled = 0
    }
}
