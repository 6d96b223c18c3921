package import MediaModel

/// Which jobs to list; nil = any.
package struct JobFilter: Hashable, Sendable {
    package var state: JobState?
    package var itemID: ItemID?

    package init(state: JobState? = nil, itemID: ItemID? = nil) {
        self.state = state
        self.itemID = itemID
    }
}

/// Which items to list; nil = any.
package struct ItemFilter: Hashable, Sendable {
    package var state: ItemState?
    package var kind: MediaKind?
    package var owner: String?
    /// Received then or later.
    package var since: Timestamp?

    package init(
        state: ItemState? = nil, kind: MediaKind? = nil, owner: String? = nil,
        since: Timestamp? = nil
    ) {
        self.state = state
        self.kind = kind
        self.owner = owner
        self.since = since
    }
}
