import FFmpeg

/// A frame's brightness at a few thousand points, evenly spread: enough to tell shots, fades, black
/// and still pictures apart, at a cost that does not count beside an encoder.
struct LumaGrid: Equatable {
    /// Points per row and rows, at most; a small picture has fewer.
    private static let columns = 96
    private static let rows = 54

    /// Row by row, as coded (limited range).
    let samples: [UInt8]

    init(samples: [UInt8]) { self.samples = samples }

    /// - Parameter frame: 8-bit with luma in its first plane.
    init(_ frame: Frame) {
        let width = min(Self.columns, frame.width)
        let height = min(Self.rows, frame.height)
        samples = frame.withPlane(0) { bytes, lineSize in
            // The middle of each cell.
            let x = (0..<width).map { ($0 * 2 + 1) * frame.width / (2 * width) }
            var samples: [UInt8] = []
            samples.reserveCapacity(width * height)
            for row in 0..<height {
                let start = (row * 2 + 1) * frame.height / (2 * height) * lineSize
                for column in x { samples.append(bytes[start + column]) }
            }
            return samples
        }
    }

    /// Mean absolute difference, 0…255.
    func distance(to other: LumaGrid) -> Double {
        guard samples.count == other.samples.count, !samples.isEmpty else { return 255 }
        var sum = 0
        for (a, b) in zip(samples, other.samples) { sum += abs(Int(a) - Int(b)) }
        return Double(sum) / Double(samples.count)
    }

    /// Share of points at most this bright, 0…1.
    func share(atMost level: UInt8) -> Double {
        guard !samples.isEmpty else { return 0 }
        var count = 0
        for sample in samples where sample <= level { count += 1 }
        return Double(count) / Double(samples.count)
    }

    /// How much this picture is a mixture of one before and one after it: 0 = not at all, 1 = it is
    /// exactly their mean, as in the middle of a fade or a dissolve. Things that move are no
    /// mixture; neither is a picture that hardly changes.
    func isMixture(of before: LumaGrid, and after: LumaGrid) -> Double {
        guard samples.count == before.samples.count, samples.count == after.samples.count,
            !samples.isEmpty
        else { return 0 }
        var change = 0
        var deviation = 0
        for index in samples.indices {
            let (a, b) = (Int(before.samples[index]), Int(after.samples[index]))
            change += abs(a - b)
            deviation += abs(2 * Int(samples[index]) - a - b)
        }
        guard Double(change) / Double(samples.count) > Self.leastChange else { return 0 }
        return max(0, 1 - Double(deviation) / Double(change))
    }

    /// Mean change that is no more than noise and small motion, 0…255.
    private static let leastChange = 6.0
}
