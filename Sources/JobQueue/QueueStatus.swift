package import MediaModel

/// The queue in figures; costs the same for a million jobs as for none.
package struct QueueStatus: Codable, Hashable, Sendable {
    /// Jobs per state; every state is there.
    package var jobs: [JobState: Int]
    /// Items per state; every state is there.
    package var items: [ItemState: Int]
    /// Nothing is claimed while paused.
    package var pause: QueuePause?
    /// When the oldest available job was created.
    package var oldestAvailable: Timestamp?

    package init(
        jobs: [JobState: Int], items: [ItemState: Int], pause: QueuePause?,
        oldestAvailable: Timestamp?
    ) {
        self.jobs = jobs
        self.items = items
        self.pause = pause
        self.oldestAvailable = oldestAvailable
    }
}

/// An operator stopped the claiming of jobs; running ones go on.
package struct QueuePause: Codable, Hashable, Sendable {
    package var since: Timestamp
    /// Ends by itself then; nil = until an operator resumes.
    package var until: Timestamp?

    package init(since: Timestamp, until: Timestamp?) {
        self.since = since
        self.until = until
    }

    package func isInForce(at now: Timestamp) -> Bool { until.map { now < $0 } ?? true }
}
