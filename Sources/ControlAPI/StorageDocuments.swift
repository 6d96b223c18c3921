package import MediaModel

/// `POST /v1/storage/gc`: one page of items, objects that no kept manifest names removed.
package struct CollectRequest: Codable, Hashable, Sendable {
    /// How long after being superseded or stored something stays, in seconds; nil = as configured (storage.grace).
    package var graceSeconds: Double?
    /// Newest generations kept for rollback, 1…1000; nil = as configured (storage.generations).
    package var generations: Int?
    package var dryRun: Bool?
    /// The `next` of an earlier answer.
    package var cursor: String?
    /// Items of this page, 1…1000; 100 when not given.
    package var limit: Int?

    package init() {}

    package static let keys: Set<String> = [
        "graceSeconds", "generations", "dryRun", "cursor", "limit",
    ]
}

/// What was, or would be, removed of one item.
package struct CollectedItem: Codable, Hashable, Sendable {
    package var item: ItemID
    /// Objects, relative to the item.
    package var paths: [String]
    package var byteCount: Int64
    /// Generations one can no longer go back to.
    package var generations: [Int]
    /// Why nothing was done; null when it was.
    @OrNull package var skipped: String?

    package init(
        item: ItemID, paths: [String], byteCount: Int64, generations: [Int],
        skipped: String? = nil
    ) {
        self.item = item
        self.paths = paths
        self.byteCount = byteCount
        self.generations = generations
        self.skipped = skipped
    }
}

/// Answer to `CollectRequest`.
package struct CollectResult: Codable, Hashable, Sendable {
    /// Items of which something goes, or that were skipped, by id.
    package var items: [CollectedItem]
    package var examined: Int
    package var byteCount: Int64
    package var dryRun: Bool
    @OrNull package var next: String?

    package init(
        items: [CollectedItem], examined: Int, byteCount: Int64, dryRun: Bool, next: String?
    ) {
        self.items = items
        self.examined = examined
        self.byteCount = byteCount
        self.dryRun = dryRun
        self.next = next
    }
}

/// What one item takes in storage.
package struct ItemUsage: Codable, Hashable, Sendable {
    package var item: ItemID
    package var objectCount: Int
    package var byteCount: Int64
    /// Of what the visible manifest names.
    package var visibleByteCount: Int64
    /// Of what no kept manifest names.
    package var unnamedByteCount: Int64
    package var generations: [Int]

    package init(
        item: ItemID, objectCount: Int, byteCount: Int64, visibleByteCount: Int64,
        unnamedByteCount: Int64, generations: [Int]
    ) {
        self.item = item
        self.objectCount = objectCount
        self.byteCount = byteCount
        self.visibleByteCount = visibleByteCount
        self.unnamedByteCount = unnamedByteCount
        self.generations = generations
    }
}

/// `GET /v1/storage/usage`: one page of items, by id.
package struct UsagePage: Codable, Hashable, Sendable {
    package var items: [ItemUsage]
    /// Members' portfolios, on every page all of them.
    package var portfolioCount = 0
    package var portfolioBytes: Int64 = 0
    /// Of the file system; null when it cannot be told.
    @OrNull package var freeBytes: Int64?
    @OrNull package var next: String?

    package init(items: [ItemUsage], freeBytes: Int64?, next: String?) {
        self.items = items
        self.freeBytes = freeBytes
        self.next = next
    }
}

/// `POST /v1/storage/verify`: reads items one after the other for some seconds.
package struct VerifyRequest: Codable, Hashable, Sendable {
    /// Read no faster than this on average; nil = as fast as it goes.
    package var bytesPerSecond: Double?
    /// Process items anew of which something visible is lost or damaged.
    package var repair: Bool?
    /// The `next` of an earlier answer: goes on where that ended.
    package var cursor: String?
    /// Begin no further item after so many seconds, 0…60; 10 when not given.
    package var seconds: Double?

    package init() {}

    package static let keys: Set<String> = ["bytesPerSecond", "repair", "cursor", "seconds"]
}

/// One object that is not what a manifest says.
package struct VerifyFinding: Codable, Hashable, Sendable {
    package var item: ItemID
    /// `missing`, `differs`, `unreadable`.
    package var problem: String
    package var path: String
    /// Newest generation that names it.
    package var generation: Int
    /// Visitors miss it.
    package var visible: Bool
    package var detail: String

    package init(
        item: ItemID, problem: String, path: String, generation: Int, visible: Bool, detail: String
    ) {
        self.item = item
        self.problem = problem
        self.path = path
        self.generation = generation
        self.visible = visible
        self.detail = detail
    }
}

/// A member's portfolio that is not what the manifests say.
package struct PortfolioFinding: Codable, Hashable, Sendable {
    package var owner: String
    package var detail: String
    /// It was written anew.
    package var repaired: Bool

    package init(owner: String, detail: String, repaired: Bool) {
        self.owner = owner
        self.detail = detail
        self.repaired = repaired
    }
}

/// Answer to `VerifyRequest`.
package struct VerifyResult: Codable, Hashable, Sendable {
    package var items: Int
    package var objects: Int
    package var byteCount: Int64
    package var findings: [VerifyFinding]
    /// Of `repair`.
    package var repairs: [ReprocessResult]
    /// With the last page.
    package var portfolios: [PortfolioFinding] = []
    @OrNull package var next: String?

    package init(
        items: Int, objects: Int, byteCount: Int64, findings: [VerifyFinding],
        repairs: [ReprocessResult], next: String?
    ) {
        self.items = items
        self.objects = objects
        self.byteCount = byteCount
        self.findings = findings
        self.repairs = repairs
        self.next = next
    }
}

/// `POST /v1/items/{id}/rollback`.
package struct RollbackRequest: Codable, Hashable, Sendable {
    /// The generation to go back to; nil = the one before the visible one.
    package var generation: Int?

    package init(generation: Int? = nil) { self.generation = generation }
}

/// Answer to `RollbackRequest`.
package struct RollbackResult: Codable, Hashable, Sendable {
    package var item: ItemID
    /// The new, visible generation: numbers only count up.
    package var generation: Int
    /// Whose content it has.
    package var restored: Int

    package init(item: ItemID, generation: Int, restored: Int) {
        self.item = item
        self.generation = generation
        self.restored = restored
    }
}

/// Answer to `DELETE /v1/items/{id}`.
package struct RemoveResult: Codable, Hashable, Sendable {
    package var item: ItemID
    package var objectCount: Int
    package var byteCount: Int64
    /// Whether the original is gone, too: another item may have the same bytes.
    package var originalRemoved: Bool
    package var dryRun: Bool

    package init(
        item: ItemID, objectCount: Int, byteCount: Int64, originalRemoved: Bool, dryRun: Bool
    ) {
        self.item = item
        self.objectCount = objectCount
        self.byteCount = byteCount
        self.originalRemoved = originalRemoved
        self.dryRun = dryRun
    }
}
