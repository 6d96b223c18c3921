import ControlAPI
import JobQueue
import MediaModel
import Pipeline
import Planning
import Storage

/// Puts items into the queue again, in the lane behind fresh uploads.
package struct Reprocessing: Sendable {
    let store: any JobStore
    let acceptor: UploadAcceptor
    let recipes: RecipeBook
    let reviser: Reviser
    /// What workers are made of now.
    let tools: @Sendable () async -> Toolchain
    /// This program's own.
    let version: String

    /// - Parameter force: keep nothing of what is published.
    func reprocess(
        _ record: ItemRecord, recipe: String?, force: Bool
    ) async throws -> OfferResult {
        let standing = try await standing(record, recipe: recipe)
        return try await acceptor.reprocess(
            record, recipe: recipe, tools: standing.newTools,
            force: force || standing.mustLook, redoesAll: force)
    }

    /// How what is published stands to what is in force now.
    func standing(_ record: ItemRecord, recipe name: String? = nil) async throws -> Standing {
        guard let manifest = try await reviser.derivatives.currentManifest(of: record.id) else {
            return Standing(isMissing: record.generation > 0)
        }
        let recipe = try recipes.recipe(named: name ?? record.recipe)
        let tools = await tools()
        let provenance = manifest.provenance
        var standing = Standing()
        standing.isMissing = try await !reviser.missing(manifest).isEmpty
        standing.isOtherRecipe = provenance.recipeDigest != Fingerprint.digest(recipe)
        standing.isOtherEngine = provenance.engineRevision != Plan.engineRevision
        standing.isRestored = provenance.restoredFrom != nil
        if !tools.changes(since: Toolchain(provenance.tools)).isEmpty { standing.newTools = tools }
        return standing
    }

    /// How a published item stands to what would be made now.
    struct Standing: Hashable, Sendable {
        /// Something of it is not in storage.
        var isMissing = false
        var isOtherRecipe = false
        var isOtherEngine = false
        /// An operator went back to an earlier generation.
        var isRestored = false
        /// Set when some of them are others than those that made it.
        var newTools: Toolchain?

        var isStale: Bool { isOtherRecipe || isOtherEngine || newTools != nil }
        /// That a job of the same recipe has completed says nothing about what is there now.
        var mustLook: Bool { isMissing || isRestored }
    }
}

extension Reprocessing {
    /// Whether a filter's conditions hold that the store cannot tell from its rows.
    func selects(_ filter: ReprocessFilter, _ record: ItemRecord) async throws -> Bool {
        if let recipe = filter.recipe, record.recipe != recipe { return false }
        let conditions = [filter.stale, filter.failed, filter.missing]
        guard conditions.contains(true) else { return true }
        if filter.failed == true, record.state == .failed || record.failure != nil { return true }
        guard filter.stale == true || filter.missing == true, record.generation > 0 else {
            return false
        }
        let standing = try await standing(record)
        if filter.missing == true, standing.isMissing { return true }
        guard filter.stale == true, standing.isStale else { return false }
        return try await !acceptor.hasProcessed(record, tools: standing.newTools)
    }
}
