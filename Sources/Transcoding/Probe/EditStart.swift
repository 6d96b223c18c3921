/// Where an MP4 track's edit begins between two frames.
///
/// libavformat 59 shows nothing of the frame that an edit begins inside of and starts the track at
/// the next one, as if that were the edit's beginning: the picture comes up to a frame early. The
/// boxes say how much (ISO/IEC 14496-12: `mdhd` 8.4.2, `elst` 8.6.6, `stts` 8.6.1.2, `ctts`
/// 8.6.1.3).
struct EditStart {
    /// Of the media's times, per second.
    var timescale: Int64 = 0
    /// Where in the media each edit that shows something begins.
    var mediaTimes: [Int64] = []
    /// Runs of samples: how many, how long each.
    var durations: [(count: Int64, value: Int64)] = []
    /// Runs of samples: how many, how much later than decoded they are shown.
    var offsets: [(count: Int64, value: Int64)] = []

    /// Most runs of a table that are read: an edit begins within the first minutes.
    static let maximumRuns = 65_536
    /// Most samples that are followed: whatever a table claims, this is a matter of milliseconds.
    private static let maximumSamples = 1_000_000

    /// From the edit's beginning to the first frame that begins inside it, in seconds; 0 when there
    /// is one right at the beginning, or no telling.
    var delaySeconds: Double {
        guard timescale > 0, mediaTimes.count == 1, let start = mediaTimes.first, start > 0,
            let first = firstTime(from: start)
        else { return 0 }
        let seconds = Double(first - start) / Double(timescale)
        return seconds < Self.longestFrame ? seconds : 0
    }

    /// What lasts longer is damage, in seconds.
    private static let longestFrame = 10.0

    /// The earliest presentation time that is not before `start`.
    private func firstTime(from start: Int64) -> Int64? {
        let earliest = min(0, offsets.map(\.value).min() ?? 0)
        var best: Int64?
        var time: Int64 = 0
        var run = offsets.makeIterator()
        var current = run.next()
        var left = current?.count ?? 0
        var samples = 0
        for (count, duration) in durations {
            for _ in 0..<count {
                samples += 1
                guard samples <= Self.maximumSamples else { return nil }
                while left <= 0, current != nil {
                    current = run.next()
                    left = current?.count ?? 0
                }
                let shown = time + (current?.value ?? 0)
                left -= 1
                if shown >= start { best = min(best ?? shown, shown) }
                if let best, time + earliest > best { return best }
                (time, _) = time.addingReportingOverflow(duration)
                // What runs backwards or overflows is damage.
                guard time >= 0, duration >= 0 else { return nil }
            }
        }
        return best
    }
}
