package import JobQueue
package import MediaModel
import Planning

/// Turns a hashed, kept upload into a job, once.
package struct UploadAcceptor: Sendable {
    private let store: any JobStore
    private let recipes: RecipeBook
    private let now: @Sendable () -> Timestamp

    package init(
        store: any JobStore, recipes: RecipeBook, now: @escaping @Sendable () -> Timestamp
    ) {
        self.store = store
        self.recipes = recipes
        self.now = now
    }

    /// Durable when it returns; repeating is free.
    /// - Throws: `Failure` for an unknown recipe, `JobStoreError` when the store cannot.
    package func offer(_ upload: Upload) async throws -> OfferResult {
        let recipe = try recipes.recipe(named: upload.sidecar.recipe)
        let identity = Fingerprint.job(upload: upload, recipe: recipe)
        return try await store.offer(
            Offer(upload: upload, recipe: recipe.name, identity: identity), at: now())
    }

    /// An accepted item, processed again.
    package func reprocess(
        _ item: ItemRecord, recipe name: String?, force: Bool
    ) async throws -> OfferResult {
        let recipe = try recipes.recipe(named: name ?? item.recipe)
        guard let upload = item.upload else {
            throw JobStoreError.itemConflict(
                item.id, "it was refused before it was accepted, so there is nothing to process")
        }
        return try await store.reopen(
            Reopening(
                itemID: item.id, recipe: recipe.name,
                identity: Fingerprint.job(upload: upload, recipe: recipe), force: force),
            at: now())
    }
}
