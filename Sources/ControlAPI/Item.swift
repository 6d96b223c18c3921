package import MediaModel

/// An item as lists show it.
package struct Item: Codable, Hashable, Sendable {
    package enum State: String, Codable, Hashable, Sendable, CaseIterable {
        case received, processing, partial, ready
        /// Refused or given up; the upload is in quarantine with its reason.
        case failed
        case cancelled

        /// Nothing more happens to it by itself.
        package var isFinal: Bool { self != .received && self != .processing }
    }

    package var id: ItemID
    /// null until a probe has told.
    @OrNull package var kind: MediaKind?
    package var state: State
    /// Newest published generation; 0 = none.
    package var generation: Int
    /// As the uploader named it, escaped for display.
    package var fileName: String
    /// null for an upload that was refused before a recipe was chosen.
    @OrNull package var recipe: String?
    package var receivedAt: Timestamp
    /// Absolute path of the manifest on local storage; null while nothing is published.
    @OrNull package var manifest: String?
    /// Why it failed, or why the latest reprocessing did.
    @OrNull package var reason: Reason?

    package init(
        id: ItemID, kind: MediaKind?, state: State, generation: Int, fileName: String,
        recipe: String?, receivedAt: Timestamp, manifest: String?, reason: Reason?
    ) {
        self.id = id
        self.kind = kind
        self.state = state
        self.generation = generation
        self.fileName = fileName
        self.recipe = recipe
        self.receivedAt = receivedAt
        self.manifest = manifest
        self.reason = reason
    }
}

/// Part of the list of items, latest received first.
package struct ItemPage: Codable, Hashable, Sendable {
    package var items: [Item]
    /// Opaque; null on the last page.
    @OrNull package var next: String?

    package init(items: [Item], next: String?) {
        self.items = items
        self.next = next
    }
}
