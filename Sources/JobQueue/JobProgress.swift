/// How far the running attempt is. Shown, not promised: lost with the daemon.
package struct JobProgress: Codable, Hashable, Sendable {
    /// 0…1.
    package var fraction: Double
    /// `probe`, `transcode`, `verify`, `publish` …
    package var stage: String
    /// Until it is done, in seconds, by the pace so far; nil = not known yet.
    package var remainingSeconds: Double?
    /// What it stands still for: `3.1 GiB of memory`; nil = it works.
    package var waitingFor: String?

    package init(
        fraction: Double, stage: String, remainingSeconds: Double? = nil, waitingFor: String? = nil
    ) {
        self.fraction = min(1, max(0, fraction))
        self.stage = stage
        self.remainingSeconds = remainingSeconds
        self.waitingFor = waitingFor
    }
}
