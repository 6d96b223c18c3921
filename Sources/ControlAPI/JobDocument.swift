package import MediaModel

/// A job as lists show it.
package struct JobDocument: Codable, Hashable, Sendable {
    package enum State: String, Codable, Hashable, Sendable, CaseIterable {
        case available, running, completed, retryable, cancelled, discarded, held

        /// Only an operator moves it on.
        package var isFinal: Bool {
            switch self {
            case .completed, .cancelled, .discarded: true
            case .available, .running, .retryable, .held: false
            }
        }
    }

    package struct Progress: Codable, Hashable, Sendable {
        package var stage: String
        /// 0…1.
        package var fraction: Double
        /// Until the work is done, in seconds, by its pace so far; null = not known yet.
        @OrNull package var remainingSeconds: Double?
        /// While the stage is `wait`, what for: `3.1 GiB of memory`.
        @OrNull package var waitingFor: String?

        package init(
            stage: String, fraction: Double, remainingSeconds: Double? = nil,
            waitingFor: String? = nil
        ) {
            self.stage = stage
            self.fraction = fraction
            self.remainingSeconds = remainingSeconds
            self.waitingFor = waitingFor
        }
    }

    package struct Attempts: Codable, Hashable, Sendable {
        /// Every attempt ever started.
        package var total: Int
        /// Those that count against a limit.
        package var counted: Int

        package init(total: Int, counted: Int) {
            self.total = total
            self.counted = counted
        }
    }

    package var id: Int64
    package var item: ItemID
    package var fileName: String
    package var state: State
    package var recipe: String
    /// `fresh`, `reprocess` or `backfill`.
    package var lane: String
    /// Higher first within the lane, −100…100.
    package var priority: Int
    package var createdAt: Timestamp
    package var updatedAt: Timestamp
    /// Not before this moment; matters while `retryable`.
    package var runAfter: Timestamp
    package var attempts: Attempts
    /// Of the running attempt.
    @OrNull package var progress: Progress?
    package var cancelRequested: Bool
    /// The generation it published.
    @OrNull package var generation: Int?
    /// Of the last attempt that failed.
    @OrNull package var reason: Reason?

    package init(
        id: Int64, item: ItemID, fileName: String, state: State, recipe: String, lane: String,
        priority: Int, createdAt: Timestamp, updatedAt: Timestamp, runAfter: Timestamp,
        attempts: Attempts, progress: Progress?, cancelRequested: Bool, generation: Int?,
        reason: Reason?
    ) {
        self.id = id
        self.item = item
        self.fileName = fileName
        self.state = state
        self.recipe = recipe
        self.lane = lane
        self.priority = priority
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        self.runAfter = runAfter
        self.attempts = attempts
        self.progress = progress
        self.cancelRequested = cancelRequested
        self.generation = generation
        self.reason = reason
    }
}

/// Part of the list of jobs, newest first.
package struct JobPage: Codable, Hashable, Sendable {
    package var jobs: [JobDocument]
    /// Opaque; null on the last page.
    @OrNull package var next: String?

    package init(jobs: [JobDocument], next: String?) {
        self.jobs = jobs
        self.next = next
    }
}
