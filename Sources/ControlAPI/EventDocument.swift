package import MediaModel

/// One entry of the numbered event log, a line of `GET /v1/events`.
///
/// What does not apply to an event is absent.
package struct EventDocument: Codable, Hashable, Sendable {
    /// The type of what is no event: this reader was too slow and is ended; `sequence` is the number
    /// of the last event before.
    package static let dropped = "stream.dropped"

    /// Counts up from 1; `since` this number gives what follows.
    package var sequence: Int64
    package var time: Timestamp
    /// `item.received`, `job.started` …
    package var type: String
    package var item: ItemID?
    package var job: Int64?
    /// The job's state after the event.
    package var state: String?
    package var fileName: String?
    package var recipe: String?
    package var lane: String?
    package var attempt: Int64?
    package var outcome: String?
    package var reason: Reason?
    package var generation: Int?
    /// When the job is tried again, or when a pause ends.
    package var until: Timestamp?
    /// The item it was about is removed, and what it said as well.
    package var redacted: Bool?

    package init(sequence: Int64, time: Timestamp, type: String) {
        self.sequence = sequence
        self.time = time
        self.type = type
    }
}
