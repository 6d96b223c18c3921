/// The waveform as others read it.
/// <https://github.com/bbc/audiowaveform/blob/master/doc/DataFormat.md>
extension Waveform {
    /// audiowaveform's JSON, version 2.
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

    /// audiowaveform's bytes, version 2: six little-endian words, then the numbers.
    ///
    /// - Parameter bits: 8 or 16.
    package func binary(bits: Int) -> [UInt8] {
        precondition(bits == 8 || bits == 16, "the format knows 8 and 16 bits")
        let isByte = bits == 8
        let header = [2, isByte ? 1 : 0, sampleRate, samplesPerPixel, length, 1]
        var bytes: [UInt8] = []
        bytes.reserveCapacity(header.count * 4 + data.count * bits / 8)
        for word in header {
            let word = UInt32(clamping: word)
            for shift in [0, 8, 16, 24] { bytes.append(UInt8(truncatingIfNeeded: word >> shift)) }
        }
        for value in data {
            let number = isByte ? value / 256 : value
            bytes.append(UInt8(truncatingIfNeeded: number))
            if !isByte { bytes.append(UInt8(truncatingIfNeeded: number >> 8)) }
        }
        return bytes
    }

    /// What a player draws without computing: the loudest moment is 1, silence 0, three decimals.
    ///
    /// Number i stands for the stretches from i·length/count on; `loudest` is what was divided by,
    /// a fraction of full scale.
    ///
    /// - Parameter count: most numbers.
    package func peaksDocument(count: Int, durationSeconds: Double) -> String {
        let peaks = peaks(count: min(count, max(1, length)))
        let loudest = peaks.max() ?? 0
        let numbers = peaks.map { peak in
            Self.decimal(loudest > 0 ? peak / loudest : 0, scale: 1000)
        }
        return "{\"version\":1,\"durationSeconds\":\(Self.decimal(durationSeconds, scale: 1000))"
            + ",\"loudest\":\(Self.decimal(loudest, scale: 10_000)),\"length\":\(numbers.count)"
            + ",\"peaks\":[\(numbers.joined(separator: ","))]}\n"
    }

    /// Rounded to one part in `scale`; whole numbers without a point.
    private static func decimal(_ value: Double, scale: Double) -> String {
        let rounded = (value * scale).rounded() / scale
        return rounded == rounded.rounded() ? String(Int(rounded)) : String(rounded)
    }
}
