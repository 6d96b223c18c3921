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

    /// Adds one sample that all channels have become.
    mutating func append(_ sample: Int16) {
        if sample < lowest { lowest = sample }
        if sample > highest { highest = sample }
        filled += 1
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

extension Waveform {
    /// audiowaveform's JSON, version 2.
    /// <https://github.com/bbc/audiowaveform/blob/master/doc/DataFormat.md>
    ///
    /// - Parameter bits: 8 or 16.
    package func json(bits: Int) -> String {
        precondition(bits == 8 || bits == 16, "the format knows 8 and 16 bits")
        var text = "{\"version\":2,\"channels\":1,\"sample_rate\":\(sampleRate)"
        text += ",\"samples_per_pixel\":\(samplesPerPixel),\"bits\":\(bits),\"length\":\(length)"
        text += ",\"data\":["
        text.reserveCapacity(text.utf8.count + data.count * 5)
        let divisor: Int16 = bits == 8 ? 256 : 1
        for (index, value) in data.enumerated() {
            if index > 0 { text += "," }
            text += String(value / divisor)
        }
        return text + "]}\n"
    }
}
