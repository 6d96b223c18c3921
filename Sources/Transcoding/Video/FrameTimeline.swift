import FFmpeg
import MediaModel
import Planning

/// Gives every decoded frame its place on the output's timeline: pure arithmetic.
///
/// Real times, minus the item's origin. Times that differ from the cadence by mere container
/// rounding are put back onto it; missing ones are continued, duplicates dropped.
struct FrameTimeline {
    /// What was done to the source's times.
    struct Repairs: Hashable {
        /// Frames without a usable time that got the next one of the cadence.
        var invented = 0
        /// Frames at or before the time of the one before.
        var dropped = 0
    }

    /// One tick of the output.
    let timeBase: Rational
    private(set) var repairs = Repairs()
    private let origin: Int64
    /// Length of a source frame by the cadence, in ticks.
    private let step: Double
    /// Frames closer behind the last kept one are left out, in ticks; 0 = none are.
    private let minimumSpacing: Int64
    private var lastKept: Int64?
    private var anchor: Int64?
    private var last: Int64?

    /// Writers of containers round to the millisecond at worst.
    private static let rounding = 0.001

    init(_ plan: VideoPlan) {
        timeBase = Self.timeBase(plan)
        let ticks = Double(timeBase.den)
        origin = Int64(((plan.originSeconds - plan.delaySeconds) * ticks).rounded())
        minimumSpacing = Int64((plan.minimumSpacingSeconds * ticks).rounded())
        step = ticks / max(plan.sourceFrameRate.value, 0.001)
    }

    /// A base in which the cadence is a whole number of ticks and rounding is below 12 µs.
    static func timeBase(_ plan: VideoPlan) -> Rational {
        let numerator = max(1, plan.frameRate.numerator)
        let factor = (90_000 + numerator - 1) / numerator
        return Rational(1, Int32(clamping: numerator * factor))
    }

    /// The frame's time in ticks; nil when it is not to be shown.
    mutating func place(_ pts: Int64?, _ base: Rational) -> Int64? {
        var ticks: Int64
        if let pts {
            ticks = onCadence(timeBase.rescale(pts, from: base) - origin)
        } else {
            ticks = (last ?? -Int64(step.rounded())) + Int64(step.rounded())
            repairs.invented += 1
        }
        // Not presented: earlier than the origin by more than rounding.
        if ticks < 0 {
            guard ticks > -Int64(step / 2) - 1 else { return nil }
            ticks = 0
        }
        if let last, ticks <= last {
            repairs.dropped += 1
            return nil
        }
        if anchor == nil { anchor = ticks }
        last = ticks
        // By time, not by number: slow motion has parts of other rates.
        if let lastKept, ticks - lastKept < minimumSpacing { return nil }
        lastKept = ticks
        return ticks
    }

    private func onCadence(_ ticks: Int64) -> Int64 {
        guard let anchor else { return ticks }
        let steps = (Double(ticks - anchor) / step).rounded()
        let ideal = anchor + Int64((steps * step).rounded())
        let tolerance = Int64(Double(timeBase.den) * Self.rounding)
        return abs(ideal - ticks) <= tolerance ? ideal : ticks
    }
}

/// Says which frames begin a segment: the first at or after each multiple of the segment length.
struct SegmentGrid {
    private let length: Int64
    /// A frame this close before a multiple means the multiple: half a millisecond of rounding.
    private let tolerance: Int64
    private var current: Int64 = -1

    init(_ plan: VideoPlan, timeBase: Rational) {
        length = max(1, Int64((plan.segmentSeconds * Double(timeBase.den)).rounded()))
        tolerance = Int64(timeBase.den) / 2000
    }

    /// Where the segment after that of a moment begins.
    func nextSegment(after ticks: Int64) -> Int64 { ((ticks + tolerance) / length + 1) * length }

    mutating func startsSegment(at ticks: Int64) -> Bool {
        let index = (ticks + tolerance) / length
        guard index > current else { return false }
        current = index
        return true
    }
}
