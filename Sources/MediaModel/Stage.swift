/// One part of an attempt's work and how long it took, by the clock on the wall.
package struct Stage: Codable, Hashable, Sendable {
    /// `probe`, `fetch`, `transcode`, `still`, `package`, `publish` …
    package var name: String
    package var startedAt: Timestamp
    package var seconds: Double

    package init(name: String, startedAt: Timestamp, seconds: Double) {
        self.name = name
        self.startedAt = startedAt
        self.seconds = seconds
    }
}
