package import MediaModel

/// Where an item stands, for the operator and the site.
///
/// An item that has been published stays `ready` or `partial` while it is processed again, and if
/// that fails: what visitors see is still there. The job tells how the new attempt goes, and
/// `ItemRecord.failure` why it did not succeed.
package enum ItemState: String, Codable, Hashable, Sendable, CaseIterable {
    /// Accepted, not yet worked on.
    case received
    /// Work has begun.
    case processing
    /// Published, but not everything that the recipe wants could be made.
    case partial
    /// Published whole.
    case ready
    /// Refused or discarded; the upload is in quarantine.
    case failed
    case cancelled
}

/// The catalogue's entry for an item, refused uploads included.
package struct ItemRecord: Codable, Hashable, Sendable, Identifiable {
    package var id: ItemID
    /// nil until a probe has told.
    package var kind: MediaKind?
    package var state: ItemState
    /// Newest published generation; 0 = none.
    package var generation: Int
    package var fileName: String
    package var byteCount: Int64
    /// Lower-case hex; nil for an upload that was refused before it was hashed.
    package var sha256: String?
    package var owner: String?
    package var recipe: String?
    package var receivedAt: Timestamp
    package var updatedAt: Timestamp
    /// Relative to the storage's root.
    package var manifestPath: String?
    /// Why it failed, or why the latest reprocessing did.
    package var failure: Failure?
    /// The newest job; nil for an upload that was refused.
    package var jobID: Int64?
    /// Failed, and the upload lies in quarantine with its reason.
    package var isQuarantined: Bool
    package var sidecar: Sidecar

    package init(
        id: ItemID, kind: MediaKind? = nil, state: ItemState, generation: Int = 0,
        fileName: String, byteCount: Int64, sha256: String?, owner: String? = nil,
        recipe: String? = nil, receivedAt: Timestamp, updatedAt: Timestamp,
        manifestPath: String? = nil, failure: Failure? = nil, jobID: Int64? = nil,
        isQuarantined: Bool = false, sidecar: Sidecar = Sidecar()
    ) {
        self.id = id
        self.kind = kind
        self.state = state
        self.generation = generation
        self.fileName = fileName
        self.byteCount = byteCount
        self.sha256 = sha256
        self.owner = owner
        self.recipe = recipe
        self.receivedAt = receivedAt
        self.updatedAt = updatedAt
        self.manifestPath = manifestPath
        self.failure = failure
        self.jobID = jobID
        self.isQuarantined = isQuarantined
        self.sidecar = sidecar
    }

    /// What was accepted; nil for an upload that was refused.
    package var upload: Upload? {
        guard let sha256, jobID != nil else { return nil }
        return Upload(
            itemID: id, fileName: fileName, byteCount: byteCount, sha256: sha256,
            receivedAt: receivedAt, sidecar: sidecar)
    }
}
