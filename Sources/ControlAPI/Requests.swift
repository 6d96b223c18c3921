package import MediaModel

/// `POST /v1/items`: take in a file that the daemon can read.
package struct AddRequest: Codable, Hashable, Sendable {
    /// Absolute; a regular file. It is copied: the caller's file stays.
    package var path: String
    package var sidecar: Sidecar?

    package init(path: String, sidecar: Sidecar?) {
        self.path = path
        self.sidecar = sidecar
    }
}

/// Answer to `AddRequest`.
package struct AddResult: Codable, Hashable, Sendable {
    package enum Outcome: String, Codable, Hashable, Sendable {
        /// A job was made.
        case accepted
        /// The same upload was offered before; its item is shown.
        case existing
    }

    package var outcome: Outcome
    package var item: Item
    /// The job to watch.
    @OrNull package var job: Int64?

    package init(outcome: Outcome, item: Item, job: Int64?) {
        self.outcome = outcome
        self.item = item
        self.job = job
    }
}

/// `POST /v1/items/{id}/reprocess`.
package struct ReprocessRequest: Codable, Hashable, Sendable {
    /// nil = the item's own.
    package var recipe: String?
    /// Make everything anew, also what has not changed.
    package var force: Bool?
    /// Only say what would be done.
    package var dryRun: Bool?

    package init(recipe: String? = nil, force: Bool? = nil, dryRun: Bool? = nil) {
        self.recipe = recipe
        self.force = force
        self.dryRun = dryRun
    }
}

/// Answer to `ReprocessRequest`.
package struct ReprocessResult: Codable, Hashable, Sendable {
    package enum Outcome: String, Codable, Hashable, Sendable {
        /// A job was made.
        case queued
        /// Recipe, engine and encoders are the same as last time and everything is in storage:
        /// nothing to do without `force`.
        case unchanged
        /// One of many that were asked for cannot be processed now; `reason` says why.
        case skipped
        case dryRun
    }

    package var outcome: Outcome
    package var item: ItemID
    /// The job to watch; null after a dry run.
    @OrNull package var job: Int64?
    /// Of a dry run.
    @OrNull package var plan: PlanDocument?
    /// Of what was skipped.
    @OrNull package var reason: String?

    package init(
        outcome: Outcome, item: ItemID, job: Int64?, plan: PlanDocument?, reason: String? = nil
    ) {
        self.reason = reason
        self.outcome = outcome
        self.item = item
        self.job = job
        self.plan = plan
    }
}

/// `POST /v1/queue/pause`.
package struct PauseRequest: Codable, Hashable, Sendable {
    /// Resume by itself after so many seconds, 1…31 536 000; nil = until resumed.
    package var seconds: Double?

    package init(seconds: Double?) { self.seconds = seconds }
}

/// Answer to pause and resume.
package struct QueueState: Codable, Hashable, Sendable {
    package var paused: Bool
    @OrNull package var pausedUntil: Timestamp?

    package init(paused: Bool, pausedUntil: Timestamp?) {
        self.paused = paused
        self.pausedUntil = pausedUntil
    }
}
