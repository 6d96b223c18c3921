package import MediaModel

/// Everything the catalogue knows of one item: the fields of `Item` and these beside them.
package struct ItemDetail: Hashable, Sendable {
    package var item: Item
    package var byteCount: Int64
    /// Lower-case hex; null for an upload that was refused before it was hashed.
    package var sha256: String?
    package var owner: String?
    package var updatedAt: Timestamp
    /// The manifest's path relative to the storage's root.
    package var manifestPath: String?
    /// The upload lies in quarantine with its reason.
    package var isQuarantined: Bool
    /// Newest first, at most 20.
    package var jobs: [JobDetail]

    package init(
        item: Item, byteCount: Int64, sha256: String?, owner: String?, updatedAt: Timestamp,
        manifestPath: String?, isQuarantined: Bool, jobs: [JobDetail]
    ) {
        self.item = item
        self.byteCount = byteCount
        self.sha256 = sha256
        self.owner = owner
        self.updatedAt = updatedAt
        self.manifestPath = manifestPath
        self.isQuarantined = isQuarantined
        self.jobs = jobs
    }
}

extension ItemDetail: Codable {
    private struct Rest: Codable {
        var byteCount: Int64
        @OrNull var sha256: String?
        @OrNull var owner: String?
        var updatedAt: Timestamp
        @OrNull var manifestPath: String?
        var isQuarantined: Bool
        var jobs: [JobDetail]
    }

    package init(from decoder: any Decoder) throws {
        let rest = try Rest(from: decoder)
        self.init(
            item: try Item(from: decoder), byteCount: rest.byteCount, sha256: rest.sha256,
            owner: rest.owner, updatedAt: rest.updatedAt, manifestPath: rest.manifestPath,
            isQuarantined: rest.isQuarantined, jobs: rest.jobs)
    }

    package func encode(to encoder: any Encoder) throws {
        try item.encode(to: encoder)
        try Rest(
            byteCount: byteCount, sha256: sha256, owner: owner, updatedAt: updatedAt,
            manifestPath: manifestPath, isQuarantined: isQuarantined, jobs: jobs
        ).encode(to: encoder)
    }
}
