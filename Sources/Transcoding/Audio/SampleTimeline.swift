/// Decides where decoded samples go: the output is one unbroken row of samples from the item's
/// origin on, whatever the source's timestamps do. Pure arithmetic; moves no samples.
///
/// Timestamps that differ from the running count by less than `jitter` are rounding and are ignored;
/// larger differences are made good at once, so they never add up.
struct SampleTimeline {
    /// What to do with a block of samples.
    struct Placement: Equatable {
        /// Samples of silence that come before it.
        var silence: Int64
        /// Samples to leave out at its start.
        var skipped: Int
    }

    /// Largest difference that is left alone, in seconds: a frame of MP3 or AAC in a container with
    /// coarse timestamps jitters by a few milliseconds; the contract for skew is 20 ms.
    static let jitterSeconds = 0.015
    /// A backward step beyond this is a new timeline (a chained stream), not an overlap, in seconds.
    static let restartSeconds = 1.0

    /// In hertz.
    private let rate: Int
    /// Where the presentation is expected to end, in samples.
    private let plannedCount: Int64
    /// Samples placed so far, silence included.
    private(set) var count: Int64 = 0
    /// Silence inserted after the first sample, in samples.
    private(set) var gapCount: Int64 = 0
    /// Silence before the first sound: a late start, or what could not be decoded.
    private(set) var leadCount: Int64 = 0
    /// Added to every position since the source's timeline jumped.
    private var shift: Int64 = 0
    private var hasBegun = false

    init(rate: Int, plannedSeconds: Double) {
        self.rate = rate
        plannedCount = Int64((max(0, min(plannedSeconds, 1e7)) * Double(rate)).rounded())
    }

    /// Places a block.
    ///
    /// - Parameter position: of its first sample, in samples from the origin; nil = right behind
    ///   the one before it.
    mutating func place(at position: Int64?, sampleCount: Int) -> Placement {
        var placement = Placement(silence: 0, skipped: 0)
        if let position {
            var drift = position + shift - count
            if isJump(drift) {
                // Nothing believable: go on where we are.
                shift -= drift
                drift = 0
            }
            let isRounding = Double(abs(drift)) < Self.jitterSeconds * Double(rate)
            if drift > 0, !hasBegun || !isRounding {
                placement.silence = drift
                if hasBegun { gapCount += drift } else { leadCount += drift }
            } else if drift < 0, !hasBegun || !isRounding {
                placement.skipped = Int(min(-drift, Int64(sampleCount)))
            }
        }
        // A block that is cut away altogether lies before the origin; the next one may too.
        if placement.skipped < sampleCount { hasBegun = true }
        count += placement.silence + Int64(sampleCount - placement.skipped)
        return placement
    }

    /// Samples that are still expected.
    var missingCount: Int64 { max(0, plannedCount - count) }

    private func isJump(_ drift: Int64) -> Bool {
        if drift > 0 { return count + drift > plannedCount + Int64(rate) }
        return hasBegun && Double(-drift) > Self.restartSeconds * Double(rate)
    }
}
