package import MediaModel

/// Which items are to be processed again. What is not named does not matter; of `stale`, `failed`
/// and `missing` one is enough.
package struct ReprocessFilter: Codable, Hashable, Sendable {
    package var kind: MediaKind?
    package var state: Item.State?
    /// Processed by the recipe of this name.
    package var recipe: String?
    /// Received then or later.
    package var since: Timestamp?
    /// Made by another recipe, engine or encoder than are in force now.
    package var stale: Bool?
    /// Refused, given up, or left as it was when the latest processing failed.
    package var failed: Bool?
    /// Something of it is not in storage.
    package var missing: Bool?

    package init() {}

    package static let keys: Set<String> = [
        "kind", "state", "recipe", "since", "stale", "failed", "missing",
    ]
}

/// `POST /v1/reprocess`: one page of the items that a filter selects. In JSON the filter's fields
/// stand beside these.
package struct BulkReprocessRequest: Hashable, Sendable {
    package var filter = ReprocessFilter()
    package var options = Options()

    package struct Options: Codable, Hashable, Sendable {
        /// Every item; needed when the filter names nothing.
        package var all: Bool?
        /// Process with the recipe of this name; nil = each with its own.
        package var with: String?
        package var force: Bool?
        package var dryRun: Bool?
        /// The `next` of an earlier answer.
        package var cursor: String?
        /// Items that are looked at for this page, 1…1000; 100 when not given.
        package var limit: Int?

        package init() {}
    }

    package init() {}

    package static let keys = ReprocessFilter.keys.union([
        "all", "with", "force", "dryRun", "cursor", "limit",
    ])
}

extension BulkReprocessRequest: Codable {
    package init(from decoder: any Decoder) throws {
        filter = try ReprocessFilter(from: decoder)
        options = try Options(from: decoder)
    }

    package func encode(to encoder: any Encoder) throws {
        try filter.encode(to: encoder)
        try options.encode(to: encoder)
    }
}

/// Answer to `BulkReprocessRequest`.
package struct BulkReprocessResult: Codable, Hashable, Sendable {
    /// Of the items that were selected, latest received first.
    package var results: [ReprocessResult]
    /// Items that were looked at for this page.
    package var examined: Int
    /// Opaque; null on the last page.
    @OrNull package var next: String?

    package init(results: [ReprocessResult], examined: Int, next: String?) {
        self.results = results
        self.examined = examined
        self.next = next
    }
}
