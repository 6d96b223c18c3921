import FFmpeg
import MediaModel

/// When a stream is presented, from its packets' times alone.
struct PacketTimeline {
    let startSeconds: Double
    let endSeconds: Double
    /// How long the last one is presented.
    let lastSeconds: Double
    /// Presented packets.
    let count: Int
    /// On average; nil for one packet.
    let frameRate: Ratio?
    /// From the most frequent distance; nil for one packet.
    let nominalRate: Ratio?
    let isVariable: Bool

    /// nil when no packet has a time.
    ///
    /// - Parameter heardUntil: where the sound ends, in seconds: a last picture that is held as long
    ///   is meant to be.
    init?(_ log: PacketLog, heardUntil: Double? = nil) {
        guard let last = log.end, let first = log.times.min() else { return nil }
        let tick = log.timeBase.doubleValue
        var times = log.times
        times.sort()
        count = times.count
        // The distances between neighbours, duplicates aside.
        var counts: [Int64: Int] = [:]
        for (a, b) in zip(times, times.dropFirst()) where b > a {
            counts[b.subtractingReportingOverflow(a).partialValue, default: 0] += 1
        }
        let mode = counts.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key

        // A last packet without a duration, or with an absurd one, lasts as long as the others.
        var duration = log.lastDuration ?? mode ?? 0
        let isHeld = heardUntil.map { (Double(last) + Double(duration)) * tick <= $0 + 0.1 }
        if log.sampleRate == 0, let mode, duration / 4 > mode, isHeld != true { duration = mode }
        var start = Double(first) * tick
        var end = (Double(last) + Double(duration)) * tick
        if log.sampleRate > 0 {
            let rate = Double(log.sampleRate)
            start = max(start, log.audibleFrom ?? start)
            end = max(start, end - Double(log.skippedEnd) / rate)
        }
        startSeconds = start
        endSeconds = end
        lastSeconds = Double(duration) * tick

        guard let mode, last > first else {
            frameRate = nil
            nominalRate = nil
            isVariable = false
            return
        }
        let span = (Double(last) - Double(first)) * tick
        let distinct = counts.values.reduce(0, +)
        frameRate = StandardRate.nearest(Double(distinct) / span, uncertainty: 2 * tick / span)
        nominalRate = StandardRate.nearest(
            1 / (Double(mode) * tick), uncertainty: 1 / Double(mode))
        // Containers round to their tick, many writers to the millisecond.
        let tolerance = max(tick, 0.001) * 1.01
        let usual = span / Double(distinct)
        isVariable = counts.keys.contains { abs(Double($0) * tick - usual) > tolerance }
    }
}

/// The frame rates that film, television and screens really have.
enum StandardRate {
    private static let all: [Ratio] = [
        Ratio(10, 1), Ratio(12, 1), Ratio(15, 1), Ratio(24_000, 1001), Ratio(24, 1), Ratio(25, 1),
        Ratio(30_000, 1001), Ratio(30, 1), Ratio(48, 1), Ratio(50, 1), Ratio(60_000, 1001),
        Ratio(60, 1), Ratio(90, 1), Ratio(100, 1), Ratio(120_000, 1001), Ratio(120, 1),
        Ratio(240, 1),
    ]

    /// Half the distance of 30 from 29.97, so that one is never taken for the other when the
    /// measurement is good enough to tell.
    private static let tolerance = 0.0004

    /// The standard rate a measurement means, else the measurement to a thousandth.
    /// - Parameter uncertainty: relative.
    static func nearest(_ rate: Double, uncertainty: Double) -> Ratio {
        let rate = min(max(rate, 0.001), 100_000)
        let allowed = min(0.01, max(tolerance, uncertainty))
        let best = all.min { abs($0.value - rate) < abs($1.value - rate) }
        if let best, abs(best.value - rate) <= allowed * rate { return best }
        return Ratio(max(1, Int((rate * 1000).rounded())), 1000).reduced
    }
}
