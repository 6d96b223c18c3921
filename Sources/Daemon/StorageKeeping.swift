package import JobQueue
package import MediaModel
package import Pipeline
package import Storage

/// What an operator does with things that are published: look, tidy up, check, go back, remove.
///
/// One of these at a time: they are rare, and two of them on one item would undo each other. Jobs go
/// on beside them; an item that a job works on is left alone.
package struct StorageKeeping: Sendable {
    let store: any JobStore
    let derivatives: any DerivativeStore
    let originals: OriginalStore
    let quarantine: Quarantine
    let reprocessing: Reprocessing
    let portfolios: PortfolioKeeper
    let now: @Sendable () -> Timestamp
    /// When a request names no other.
    let usualGrace: Duration
    let usualGenerations: Int
    private let turns = OneAtATime()

    package init(
        store: any JobStore, derivatives: any DerivativeStore, originals: OriginalStore,
        quarantine: Quarantine, reprocessing: Reprocessing, portfolios: PortfolioKeeper,
        grace: Duration, generations: Int, now: @escaping @Sendable () -> Timestamp
    ) {
        usualGrace = grace
        usualGenerations = generations
        self.store = store
        self.derivatives = derivatives
        self.originals = originals
        self.quarantine = quarantine
        self.reprocessing = reprocessing
        self.portfolios = portfolios
        self.now = now
    }

    /// Runs `body` while none of the others does.
    func alone<Value: Sendable>(
        _ body: @Sendable () async throws -> Value
    ) async throws -> Value {
        try await turns.run(body)
    }

    /// Shows in the member's portfolio what has changed. What cannot be written now is written later,
    /// but for an item that is leaving: that stays until its entry is gone.
    func refreshPortfolio(
        of record: ItemRecord, published: ItemID? = nil, without leaving: ItemID? = nil
    ) async throws {
        guard let owner = record.owner.flatMap({ OwnerName($0) }) else { return }
        do {
            try await portfolios.refresh(owner, published: published, without: leaving)
        } catch let error as StorageError where error.code == .syncFailed {
            throw error
        } catch {
            guard leaving == nil else { throw error }
            portfolios.remember(owner)
        }
    }

    func hasPortfolio(_ owner: OwnerName) async throws -> Bool {
        try await derivatives.portfolio(of: owner) != nil
    }

    /// A kept generation's manifest; nil when it is gone.
    func manifest(of item: ItemID, _ generation: Int) async throws -> Manifest? {
        try await derivatives.manifest(of: item, generation: generation).map {
            try ManifestCoding.decode($0)
        }
    }

    /// Whether a job of the item has not ended yet.
    func hasLiveJob(_ item: ItemID) async throws -> Bool {
        let newest = try await store.jobs(JobFilter(itemID: item), after: nil, limit: 1)
        return newest.elements.contains { $0.state.isLive }
    }

    /// One page of everything stored, by id.
    func page(
        after cursor: String?, limit: Int
    ) async throws -> (items: [ItemID], next: String?) {
        let all = try await derivatives.items().sorted { $0.rawValue < $1.rawValue }
        let rest = all.drop { item in cursor.map { item.rawValue <= $0 } ?? false }
        let page = Array(rest.prefix(limit))
        return (page, rest.count > limit ? page.last?.rawValue : nil)
    }
}
