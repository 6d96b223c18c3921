package import MediaModel

/// What the catalogue knows of a member.
package struct OwnerRecord: Hashable, Sendable {
    package var name: OwnerName
    package var states: [ItemState: Int]
    /// Of all uploads, refused ones included.
    package var byteCount: Int64
    /// When the latest upload came; nil = nothing is left of this member but the wish to be erased.
    package var latestAt: Timestamp?
    /// An erasure has begun and not ended.
    package var isErasing: Bool

    package var itemCount: Int { states.values.reduce(0, +) }

    package init(
        name: OwnerName, states: [ItemState: Int], byteCount: Int64, latestAt: Timestamp?,
        isErasing: Bool
    ) {
        self.name = name
        self.states = states
        self.byteCount = byteCount
        self.latestAt = latestAt
        self.isErasing = isErasing
    }
}

/// What of a member the store holds beside items.
package struct OwnerTraces: Hashable, Sendable {
    package var jobs: Int
    /// Entries of the log that name items of the member, removed ones included.
    package var events: Int
    /// Originals that nobody else's item has, and what they take.
    package var originals: Int
    package var originalBytes: Int64
    /// Originals that an item of somebody else has, too.
    package var sharedOriginals: Int
    /// Copies of the whole catalogue from before upgrades.
    package var catalogueCopies: Int

    package init(
        jobs: Int, events: Int, originals: Int, originalBytes: Int64, sharedOriginals: Int,
        catalogueCopies: Int
    ) {
        self.jobs = jobs
        self.events = events
        self.originals = originals
        self.originalBytes = originalBytes
        self.sharedOriginals = sharedOriginals
        self.catalogueCopies = catalogueCopies
    }
}
