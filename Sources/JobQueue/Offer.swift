package import MediaModel

/// An upload offered for processing. Offering the same thing again changes nothing; the same bytes
/// with another sidecar (so another identity) are processed again as the new sidecar says, while
/// the time of arrival and an owner that the new one does not name stay.
package struct Offer: Hashable, Sendable {
    package var upload: Upload
    package var recipe: String
    /// See `Job.identity`.
    package var identity: String
    package var lane: Lane
    package var priority: Int
    /// What its member may have with it.
    package var quota: Quota

    package init(
        upload: Upload, recipe: String, identity: String, lane: Lane = .fresh,
        priority: Int? = nil, quota: Quota = .unlimited
    ) {
        self.quota = quota
        self.upload = upload
        self.recipe = recipe
        self.identity = identity
        self.lane = lane
        self.priority = min(100, max(-100, priority ?? upload.sidecar.priority ?? 0))
    }
}

package enum OfferResult: Hashable, Sendable {
    /// Item, job and events are durable.
    case accepted(Job)
    /// The same offer came before; its job, in whatever state. Nothing changed.
    case existing(Job)
    /// The item's id belongs to other bytes or to another owner. Nothing changed.
    case conflict(ItemRecord)
    /// The item's live job has another identity (another recipe): offer again once it has ended.
    case busy(Job)
}

/// An operator's wish to process an accepted upload again.
package struct Reopening: Hashable, Sendable {
    package var itemID: ItemID
    package var recipe: String
    package var identity: String
    package var lane: Lane
    package var priority: Int
    /// Also when a job of this identity has completed.
    package var force: Bool
    /// Keep nothing of what is published.
    package var redoesAll: Bool

    package init(
        itemID: ItemID, recipe: String, identity: String, lane: Lane = .reprocess,
        priority: Int = 0, force: Bool = false, redoesAll: Bool = false
    ) {
        self.redoesAll = redoesAll
        self.itemID = itemID
        self.recipe = recipe
        self.identity = identity
        self.lane = lane
        self.priority = min(100, max(-100, priority))
        self.force = force
    }
}

/// An upload that was refused before it became a job; its file is already in quarantine.
package struct Refusal: Hashable, Sendable {
    package var itemID: ItemID
    package var fileName: String
    package var byteCount: Int64
    package var sha256: String?
    package var owner: String?
    package var receivedAt: Timestamp
    package var failure: Failure

    package init(
        itemID: ItemID, fileName: String, byteCount: Int64, sha256: String?, owner: String?,
        receivedAt: Timestamp, failure: Failure
    ) {
        self.itemID = itemID
        self.fileName = fileName
        self.byteCount = byteCount
        self.sha256 = sha256
        self.owner = owner
        self.receivedAt = receivedAt
        self.failure = failure
    }
}

/// What the commit of a published manifest records.
package struct Publication: Hashable, Sendable {
    /// `job.priorGeneration + 1`, or that itself when there was nothing to change.
    package var generation: Int
    package var kind: MediaKind
    package var state: Manifest.State
    /// Relative to the storage's root.
    package var manifestPath: String
    /// What the work was expected to cost; nil when there was none.
    package var expected: Workload?
    /// Size of what was made, in bytes.
    package var madeByteCount: Int64 = 0

    package init(
        generation: Int, kind: MediaKind, state: Manifest.State, manifestPath: String
    ) {
        self.generation = generation
        self.kind = kind
        self.state = state
        self.manifestPath = manifestPath
    }
}
