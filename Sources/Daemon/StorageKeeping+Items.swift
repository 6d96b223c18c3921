import ControlAPI
import Failpoints
import JobQueue
import MediaModel
import Pipeline
import Storage

extension StorageKeeping {
    /// Shows an earlier generation again, under a new number: readers may rely on numbers counting
    /// up.
    func rollBack(_ record: ItemRecord, to wanted: Int?) async throws -> RollbackResult {
        try await alone { try await self.restore(record, wanted) }
    }

    private func restore(
        _ record: ItemRecord, _ wanted: Int?
    ) async throws -> RollbackResult {
        let id = record.id
        guard let visible = try await derivatives.currentManifest(of: id) else {
            throw Problem(.conflict, "nothing of item \(id) is published: there is no way back")
        }
        let kept = try await derivatives.keptManifests(of: id)
            .filter { $0.generation < visible.generation }
        let numbers = kept.map { "\($0.generation)" }.joined(separator: ", ")
        guard let target = kept.last(where: { wanted == nil || $0.generation == wanted }) else {
            throw Problem(
                .conflict,
                wanted.map { "generation \($0) of item \(id) is not kept, or is the visible one" }
                    ?? "item \(id) has no earlier generation",
                hint: kept.isEmpty
                    ? "earlier generations are removed by storage gc when their time is over"
                    : "kept: \(numbers)")
        }
        let missing = try await reprocessing.reviser.missing(target)
        guard missing.isEmpty else {
            throw Problem(
                .conflict,
                "generation \(target.generation) of item \(id) is not whole in storage: "
                    + missing.sorted().joined(separator: ", "),
                hint: "process it with the recipe of that time, or go back to another: \(numbers)")
        }
        // The catalogue first: a number that no manifest has got is only skipped, while a manifest
        // ahead of the catalogue would stand in the way of the next job.
        let generation = try await store.advanceGeneration(
            of: id, beyond: visible.generation, kind: target.kind, at: now())
        #if DEBUG
            try Failpoint.rollBack.pass()
        #endif
        var restored = target
        restored.generation = generation
        restored.provenance.restoredFrom = target.generation
        try await derivatives.putManifest(restored, replacing: visible.generation)
        try await refreshPortfolio(of: record, published: id)
        return RollbackResult(item: id, generation: generation, restored: target.generation)
    }

    /// Removes an item and everything of it: manifest first, the catalogue's entry last, so that what
    /// a crash leaves can be removed by the same word.
    func remove(_ record: ItemRecord, dryRun: Bool) async throws -> RemoveResult {
        try await alone { try await self.removeWhole(record, dryRun, isErased: false) }
    }

    /// Removes an item of a member who is erased: nothing names it afterwards. The portfolio is the
    /// caller's.
    func erase(_ record: ItemRecord) async throws {
        _ = try await alone { try await self.removeWhole(record, false, isErased: true) }
    }

    private func removeWhole(
        _ record: ItemRecord, _ dryRun: Bool, isErased: Bool
    ) async throws -> RemoveResult {
        let id = record.id
        try await requireRest(record)
        let objects = try await derivatives.list(id)
        let isShared = try await store.isShared(id)
        var result = RemoveResult(
            item: id, objectCount: objects.count,
            byteCount: objects.reduce(0) { $0 + $1.byteCount },
            originalRemoved: !isShared && record.sha256 != nil, dryRun: dryRun)
        guard !dryRun else { return result }
        if let sha256 = record.sha256, originals.isArriving(sha256) { throw Self.arriving(id) }
        // First: no page may name what is going.
        if !isErased { try await refreshPortfolio(of: record, without: id) }
        try await derivatives.remove(id)
        #if DEBUG
            try Failpoint.removeOriginal.pass()
        #endif
        try await quarantine.release(item: id, sha256: record.sha256)
        if let sha256 = record.sha256 {
            let removal = try await originals.remove(sha256) {
                // Asked again: an upload may have become an item, or a job, since the looks above.
                try await requireRest(record)
                return try await store.isShared(id)
            }
            // The item stays listed, so that the same word removes what is left of it.
            if removal == .arriving { throw Self.arriving(id) }
            result.originalRemoved = removal == .removed
        }
        #if DEBUG
            try Failpoint.removeEntry.pass()
        #endif
        try await store.remove(id, isErased: isErased, at: now())
        // Another publication may have taken its entry over from the catalogue meanwhile.
        if !isErased { try await refreshPortfolio(of: record) }
        return result
    }

    private func requireRest(_ record: ItemRecord) async throws {
        guard try await hasLiveJob(record.id) else { return }
        let job = record.jobID.map { "job \($0)" } ?? "a job"
        throw Problem(
            .conflict, "\(job) of item \(record.id) has not ended yet",
            hint: "wait for it, or cancel it: vitrinectl job cancel")
    }

    private static func arriving(_ id: ItemID) -> Problem {
        Problem(
            .conflict, "an upload with the content of item \(id) is being taken in",
            hint: "try again in a moment")
    }
}
