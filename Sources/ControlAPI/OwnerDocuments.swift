package import MediaModel

/// A member as lists show it.
package struct Owner: Codable, Hashable, Sendable {
    package var owner: String
    /// Uploads, refused ones included.
    package var items: Int
    /// By state; states without an item are there with 0.
    package var states: [String: Int]
    /// Of all uploads.
    package var byteCount: Int64
    /// When the latest upload came.
    @OrNull package var latestAt: Timestamp?
    /// Absolute path on local storage; null while nothing is published.
    @OrNull package var portfolio: String?
    /// An erasure has begun and not ended: the next start of the daemon ends it.
    package var erasing: Bool

    package init(
        owner: String, items: Int, states: [String: Int], byteCount: Int64, latestAt: Timestamp?,
        portfolio: String?, erasing: Bool
    ) {
        self.owner = owner
        self.items = items
        self.states = states
        self.byteCount = byteCount
        self.latestAt = latestAt
        self.portfolio = portfolio
        self.erasing = erasing
    }
}

/// `GET /v1/owners`: one page of members, by name.
package struct OwnerPage: Codable, Hashable, Sendable {
    package var owners: [Owner]
    @OrNull package var next: String?

    package init(owners: [Owner], next: String?) {
        self.owners = owners
        self.next = next
    }
}

/// Answer to `DELETE /v1/owners/{owner}`: what was, or would be, removed.
package struct EraseReport: Codable, Hashable, Sendable {
    package var owner: String
    package var dryRun: Bool
    package var items: Int
    /// Jobs with their attempts.
    package var jobs: Int
    /// Of them, those that had not ended.
    package var cancelledJobs: Int
    /// Entries of the event log, which keep their numbers and say nothing any more.
    package var events: Int
    /// Published objects, and manifests of every kept generation.
    package var objects: Int
    package var objectBytes: Int64
    package var manifests: Int
    package var originals: Int
    package var originalBytes: Int64
    /// Originals that stay, because somebody else's item has the same bytes.
    package var sharedOriginals: Int
    /// Uploads in quarantine with their reasons.
    package var quarantined: Int
    package var portfolio: Bool
    /// Copies of the catalogue from before upgrades, which name everybody.
    package var catalogueCopies: Int

    package init(owner: String, dryRun: Bool) {
        self.owner = owner
        self.dryRun = dryRun
        items = 0
        jobs = 0
        cancelledJobs = 0
        events = 0
        objects = 0
        objectBytes = 0
        manifests = 0
        originals = 0
        originalBytes = 0
        sharedOriginals = 0
        quarantined = 0
        portfolio = false
        catalogueCopies = 0
    }
}
