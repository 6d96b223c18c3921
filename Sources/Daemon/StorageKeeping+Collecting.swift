import ControlAPI
import JobQueue
import MediaModel
import Storage

extension StorageKeeping {
    func usage(after cursor: String?, limit: Int) async throws -> UsagePage {
        let (items, next) = try await page(after: cursor, limit: limit)
        var usages: [ItemUsage] = []
        for item in items {
            let usage: StorageUsage
            do throws(StorageError) {
                usage = try await StorageUsage(of: item, in: derivatives)
            } catch {
                // What its manifests name, nobody knows; what lies there, one sees.
                usage = StorageUsage(try await derivatives.list(item))
            }
            usages.append(
                ItemUsage(
                    item: item, objectCount: usage.objectCount, byteCount: usage.byteCount,
                    visibleByteCount: usage.visibleByteCount,
                    unnamedByteCount: usage.unnamedByteCount, generations: usage.generations))
        }
        var page = UsagePage(items: usages, freeBytes: nil, next: next)
        let portfolios = try await derivatives.portfolios()
        page.portfolioCount = portfolios.count
        page.portfolioBytes = portfolios.reduce(0) { $0 + $1.byteCount }
        return page
    }

    func collect(_ request: CollectRequest) async throws -> CollectResult {
        try await alone { try await self.collectPage(request) }
    }

    private func collectPage(_ request: CollectRequest) async throws -> CollectResult {
        let collector = GarbageCollector(
            store: derivatives,
            gracePeriod: request.graceSeconds.map { .seconds($0) } ?? usualGrace,
            keptGenerations: request.generations ?? usualGenerations)
        let isDry = request.dryRun ?? false
        let (items, next) = try await page(after: request.cursor, limit: request.limit ?? 100)
        var collected: [CollectedItem] = []
        for item in items {
            // What a job has stored and not named yet is only kept by its age.
            guard try await !hasLiveJob(item) else {
                collected.append(
                    CollectedItem(
                        item: item, paths: [], byteCount: 0, generations: [],
                        skipped: "a job works on it"))
                continue
            }
            do throws(StorageError) {
                let found = try await collector.collect(item, now: now(), dryRun: isDry)
                guard !found.paths.isEmpty || !found.generations.isEmpty else { continue }
                collected.append(
                    CollectedItem(
                        item: item, paths: found.paths.sorted(), byteCount: found.byteCount,
                        generations: found.generations))
            } catch {
                // A manifest that cannot be read names who knows what: nothing of it goes.
                collected.append(
                    CollectedItem(
                        item: item, paths: [], byteCount: 0, generations: [],
                        skipped: "\(error)"))
            }
        }
        return CollectResult(
            items: collected, examined: items.count,
            byteCount: collected.reduce(0) { $0 + $1.byteCount }, dryRun: isDry, next: next)
    }
}
