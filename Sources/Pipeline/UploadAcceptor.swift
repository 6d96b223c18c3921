package import JobQueue
package import MediaModel
package import Planning

/// Turns a hashed, kept upload into a job, once.
package struct UploadAcceptor: Sendable {
    private let store: any JobStore
    private let recipes: RecipeBook
    private let quotas: QuotaBook
    private let now: @Sendable () -> Timestamp

    package init(
        store: any JobStore, recipes: RecipeBook, quotas: QuotaBook,
        now: @escaping @Sendable () -> Timestamp
    ) {
        self.store = store
        self.recipes = recipes
        self.quotas = quotas
        self.now = now
    }

    /// Durable when it returns; repeating is free.
    /// - Throws: `Failure` for an unknown recipe, `JobStoreError` when the store cannot.
    package func offer(_ upload: Upload) async throws -> OfferResult {
        let recipe = try recipes.recipe(named: upload.sidecar.recipe)
        let identity = Fingerprint.job(upload: upload, recipe: recipe)
        return try await store.offer(
            Offer(
                upload: upload, recipe: recipe.name, identity: identity,
                quota: quotas.quota(of: upload.sidecar.owner)), at: now())
    }

    /// An accepted item, processed again.
    /// - Parameters:
    ///   - tools: what workers are made of, when that is not what made the item; nil = it is.
    ///   - force: also when a job of the same identity has completed.
    ///   - redoesAll: keep nothing of what is published.
    package func reprocess(
        _ item: ItemRecord, recipe name: String?, tools: Toolchain?, force: Bool, redoesAll: Bool
    ) async throws -> OfferResult {
        let recipe = try recipes.recipe(named: name ?? item.recipe)
        guard let upload = item.upload else {
            throw JobStoreError.itemConflict(
                item.id, "it was refused before it was accepted, so there is nothing to process")
        }
        return try await store.reopen(
            Reopening(
                itemID: item.id, recipe: recipe.name,
                identity: Fingerprint.job(upload: upload, recipe: recipe, tools: tools),
                force: force, redoesAll: redoesAll),
            at: now())
    }

    /// Whether a job that would be made now has completed already: its item was looked at since the
    /// recipe and the encoders are what they are, and nothing had to be made anew.
    package func hasProcessed(_ item: ItemRecord, tools: Toolchain?) async throws -> Bool {
        guard let upload = item.upload else { return false }
        let recipe = try recipes.recipe(named: item.recipe)
        let identity = Fingerprint.job(upload: upload, recipe: recipe, tools: tools)
        let jobs = try await store.jobs(JobFilter(itemID: item.id), after: nil, limit: 1000)
        return jobs.elements.contains { $0.state == .completed && $0.identity == identity }
    }
}
