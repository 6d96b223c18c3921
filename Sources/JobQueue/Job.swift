package import MediaModel

/// An upload to be processed by a recipe, and how that went so far.
package struct Job: Codable, Hashable, Sendable, Identifiable {
    /// Counts up from 1 in order of arrival.
    package var id: Int64
    package var upload: Upload
    /// The recipe's name; its digest is part of `identity`.
    package var recipe: String
    /// Digest of the upload's SHA-256, the item, the recipe's digest and the engine revision:
    /// offering the same thing twice answers with the same job.
    package var identity: String
    package var lane: Lane
    /// Higher first within the lane, −100…100.
    package var priority: Int
    package var state: JobState
    /// Not before this moment; matters while `retryable`.
    package var runAfter: Timestamp
    package var createdAt: Timestamp
    package var updatedAt: Timestamp
    /// While `running`, and only then.
    package var lease: Lease?
    package var attempts: AttemptCounts
    /// Of the last attempt that failed; nil again once completed.
    package var failure: Failure?
    /// An operator cancelled it while an attempt was open.
    package var cancelRequested: Bool
    /// Of the running attempt.
    package var progress: JobProgress?
    /// The furthest any attempt is known to have got, in whole per cent.
    package var furthestPercent: Int
    /// The item's generation before this job; 0 = never published. This job publishes the next one.
    package var priorGeneration: Int
    /// Nothing that is published is kept: an operator wants everything made anew.
    package var redoesAll = false
    /// What it published, once `completed`.
    package var resultGeneration: Int?

    package init(
        id: Int64, upload: Upload, recipe: String, identity: String, lane: Lane, priority: Int,
        priorGeneration: Int, createdAt: Timestamp
    ) {
        self.id = id
        self.upload = upload
        self.recipe = recipe
        self.identity = identity
        self.lane = lane
        self.priority = priority
        state = .available
        runAfter = createdAt
        self.createdAt = createdAt
        updatedAt = createdAt
        attempts = AttemptCounts()
        cancelRequested = false
        furthestPercent = 0
        self.priorGeneration = priorGeneration
    }

    package var itemID: ItemID { upload.itemID }
}
