package import MediaModel

/// What an entry of the event log says. The raw values are a contract.
package enum EventType: String, Codable, Hashable, Sendable, CaseIterable {
    case itemReceived = "item.received"
    case itemRefused = "item.refused"
    case itemRolledBack = "item.rolledBack"
    case itemRemoved = "item.removed"
    case jobCreated = "job.created"
    case jobStarted = "job.started"
    case jobRetryScheduled = "job.retryScheduled"
    case jobInterrupted = "job.interrupted"
    case jobAbandoned = "job.abandoned"
    case jobCompleted = "job.completed"
    case jobDiscarded = "job.discarded"
    case jobCancelRequested = "job.cancelRequested"
    case jobCancelled = "job.cancelled"
    case jobHeld = "job.held"
    case jobReleased = "job.released"
    case jobRetried = "job.retried"
    case ownerErased = "owner.erased"
    case queuePaused = "queue.paused"
    case queueResumed = "queue.resumed"
}

/// One entry of the persisted, numbered event log, written in the transaction of its change.
package struct EventRecord: Codable, Hashable, Sendable {
    /// Counts up from 1; never reused.
    package var sequence: Int64
    package var time: Timestamp
    package var type: EventType
    package var itemID: ItemID?
    package var jobID: Int64?
    package var payload: EventPayload

    package init(
        sequence: Int64, time: Timestamp, type: EventType, itemID: ItemID? = nil,
        jobID: Int64? = nil, payload: EventPayload = EventPayload()
    ) {
        self.sequence = sequence
        self.time = time
        self.type = type
        self.itemID = itemID
        self.jobID = jobID
        self.payload = payload
    }
}

/// The particulars of an event; what does not apply is absent from the JSON.
package struct EventPayload: Codable, Hashable, Sendable {
    /// The job's state after the event.
    package var state: JobState?
    package var fileName: String?
    package var recipe: String?
    package var lane: Lane?
    /// The attempt's number.
    package var attempt: Int64?
    package var outcome: Attempt.Outcome?
    package var failure: Failure?
    package var generation: Int?
    /// When the job is tried again, or when a pause ends.
    package var until: Timestamp?
    /// What it said of an item was removed together with it.
    package var redacted: Bool?

    package init() {}
}
