import MediaModel

/// Estimates how long running work still takes, from how long the part that is done took.
///
/// Presented time is encoded at an even pace on the whole; the beginning (opening, first frames) is
/// not, so nothing is said before a little has been done.
struct RemainingTime {
    private let start: Timestamp

    /// Below this share any figure would be a guess.
    private static let leastFraction = 0.02

    init(since start: Timestamp) { self.start = start }

    /// - Parameter fraction: done, 0…1.
    /// - Returns: in seconds; nil = nothing honest can be said yet.
    func seconds(at fraction: Double, now: Timestamp) -> Double? {
        guard fraction >= Self.leastFraction, fraction <= 1 else { return nil }
        let passed = now.duration(since: start)
        let seconds =
            Double(passed.components.seconds) + Double(passed.components.attoseconds) * 1e-18
        guard seconds >= 0 else { return nil }
        return (seconds * (1 - fraction) / fraction * 10).rounded() / 10
    }
}
