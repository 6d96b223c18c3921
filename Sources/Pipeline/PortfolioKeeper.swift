import FoundationEssentials
package import JobQueue
package import MediaModel
package import Storage
import Synchronization

/// Keeps `portfolios/<owner>.json` true to what is published.
///
/// The catalogue says which items a member has and in which order, their manifests say what is to be
/// seen. An entry is taken over from the document as it is while the catalogue names the generation
/// it was made from, so a publication costs one manifest and not all of the member's.
package struct PortfolioKeeper: Sendable {
    private let store: any JobStore
    private let derivatives: any DerivativeStore
    private let now: @Sendable () -> Timestamp
    /// Two at once would each write without what the other knows.
    private let turns = OneAtATime()
    private let late = Late()

    package init(
        store: any JobStore, derivatives: any DerivativeStore,
        now: @escaping @Sendable () -> Timestamp
    ) {
        self.store = store
        self.derivatives = derivatives
        self.now = now
    }

    /// Makes a member's portfolio say what is published now; nothing is written when it does.
    ///
    /// A member without published items has no portfolio.
    /// - Parameters:
    ///   - item: whose manifest has just become visible, whatever the catalogue says.
    ///   - leaving: which is about to be removed: its entry goes before its manifest does.
    package func refresh(
        _ owner: OwnerName, published item: ItemID? = nil, without leaving: ItemID? = nil
    ) async throws {
        try await turns.run {
            let before = try await current(owner)
            let entries = try await entries(of: owner, before, item, leaving, isAnew: false)
            try await write(owner, entries, replacing: before)
        }
        late.remove(owner)
    }

    /// What a portfolio says otherwise than the manifests do, in words; nil = it is right. Reads
    /// every manifest of the member.
    /// - Parameter repair: also makes it right.
    package func verify(_ owner: OwnerName, repair: Bool) async throws -> String? {
        try await turns.run {
            let before = try await current(owner)
            let entries = try await entries(of: owner, before, nil, nil, isAnew: true)
            let wanted = Portfolio(
                owner: owner, updatedAt: before?.updatedAt ?? now(), items: entries)
            guard let problem = try await difference(owner, before, wanted) else { return nil }
            if repair { try await write(owner, entries, replacing: nil) }
            return problem
        }
    }

    /// Every member who has a portfolio or should have one.
    package func owners() async throws -> [OwnerName] {
        let known = try await store.ownerNames()
        let shown = try await derivatives.portfolios().map(\.owner)
        return Set(known).union(shown).sorted { $0.rawValue < $1.rawValue }
    }

    // MARK: - Later

    /// Yields when something could not be written.
    package var troubles: AsyncStream<Void> { late.signal }

    /// Remembers a portfolio that could not be written, until it is.
    package func remember(_ owner: OwnerName) { late.insert(owner) }

    /// Members whose portfolio is behind.
    package var behind: [OwnerName] { late.owners }

    // MARK: - Parts

    private func current(_ owner: OwnerName) async throws -> Portfolio? {
        guard let bytes = try await derivatives.portfolio(of: owner),
            // Damaged, or of another version: made anew as if there were none.
            let portfolio = try? JSONDecoder().decode(Portfolio.self, from: bytes),
            portfolio.schemaVersion == Portfolio.currentSchemaVersion
        else { return nil }
        return portfolio
    }

    private func entries(
        of owner: OwnerName, _ before: Portfolio?, _ published: ItemID?, _ leaving: ItemID?,
        isAnew: Bool
    ) async throws -> [Portfolio.Entry] {
        let known = Dictionary(
            (before?.items ?? []).map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        var entries: [Portfolio.Entry] = []
        for item in try await store.portfolioItems(of: owner) {
            // One that stands here already may be published and not yet be said to be: another of the
            // member's, or a look at all of them, can come between. Its manifest knows.
            guard item.generation > 0 || item.id == published || known[item.id] != nil,
                item.id != leaving
            else { continue }
            if !isAnew, item.isSettled, item.id != published, var entry = known[item.id],
                entry.generation == item.generation
            {
                entry.position = item.position
                entry.receivedAt = item.receivedAt
                entries.append(entry)
            } else if let manifest = try await derivatives.currentManifest(of: item.id) {
                entries.append(
                    Portfolio.Entry(
                        manifest, position: item.position, receivedAt: item.receivedAt))
            }
        }
        return entries
    }

    private func write(
        _ owner: OwnerName, _ entries: [Portfolio.Entry], replacing before: Portfolio?
    ) async throws {
        guard !entries.isEmpty else { return try await derivatives.removePortfolio(of: owner) }
        if let before,
            before == Portfolio(owner: owner, updatedAt: before.updatedAt, items: entries)
        {
            return
        }
        let portfolio = Portfolio(owner: owner, updatedAt: now(), items: entries)
        try await derivatives.putPortfolio(
            ManifestCoding.document(portfolio, indented: false), of: owner)
    }

    private func difference(
        _ owner: OwnerName, _ before: Portfolio?, _ wanted: Portfolio
    ) async throws -> String? {
        guard let before else {
            if try await derivatives.portfolio(of: owner) != nil { return "it cannot be read" }
            return wanted.items.isEmpty ? nil : "there is none"
        }
        if before == wanted { return wanted.items.isEmpty ? "nothing of it is published" : nil }
        let (there, here) = (Set(before.items), Set(wanted.items))
        let wrong = Set(there.symmetricDifference(here).map(\.id.rawValue)).sorted()
        return wrong.isEmpty
            ? "its order or its sums are wrong" : "wrong about \(wrong.joined(separator: ", "))"
    }

    /// Portfolios that could not be written.
    private final class Late: Sendable {
        private let names = Mutex<Set<OwnerName>>([])
        let signal: AsyncStream<Void>
        private let continuation: AsyncStream<Void>.Continuation

        init() {
            (signal, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        }

        var owners: [OwnerName] {
            names.withLock { $0.sorted { $0.rawValue < $1.rawValue } }
        }

        func insert(_ owner: OwnerName) {
            names.withLock { _ = $0.insert(owner) }
            continuation.yield()
        }

        func remove(_ owner: OwnerName) { names.withLock { _ = $0.remove(owner) } }
    }
}
