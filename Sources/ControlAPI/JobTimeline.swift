package import MediaModel

/// `GET /v1/jobs/{id}/timeline`: what happened to a job, in order.
package struct JobTimeline: Codable, Hashable, Sendable {
    /// One thing that happened, or a part of the work.
    package struct Entry: Codable, Hashable, Sendable {
        package var at: Timestamp
        /// `created`, `started`, `stage`, `ended`, `waits`.
        package var kind: String
        package var text: String
        /// How long it took; null for a moment.
        @OrNull package var seconds: Double?

        package init(at: Timestamp, kind: String, text: String, seconds: Double? = nil) {
            self.at = at
            self.kind = kind
            self.text = text
            self.seconds = seconds
        }
    }

    package var job: JobDocument
    package var entries: [Entry]

    package init(job: JobDocument, entries: [Entry]) {
        self.job = job
        self.entries = entries
    }
}
