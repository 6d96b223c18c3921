import ControlAPI
import Failpoints
package import JobQueue
package import Logging
package import MediaModel
package import Pipeline
package import Storage

/// Removes a member with every trace: items, originals that nobody else has, refused uploads, the
/// portfolio, rows, and what the event log says of them.
///
/// The intent is recorded first and forgotten last. Every step may be repeated, so a daemon that dies
/// on the way does what is left at its next start.
package struct OwnerErasure: Sendable {
    /// How often an item that something still works on is tried, a quarter of a second apart.
    private static let tries = 40

    let store: any JobStore
    let derivatives: any DerivativeStore
    let quarantine: Quarantine
    let storage: StorageKeeping
    let portfolios: PortfolioKeeper
    /// Ends the worker of a running job.
    let stopWorker: @Sendable (_ jobID: Int64) async -> Void
    let logger: Logger
    let now: @Sendable () -> Timestamp
    private let turns = OneAtATime()

    package init(
        store: any JobStore, derivatives: any DerivativeStore, quarantine: Quarantine,
        storage: StorageKeeping, portfolios: PortfolioKeeper,
        stopWorker: @escaping @Sendable (Int64) async -> Void, logger: Logger,
        now: @escaping @Sendable () -> Timestamp
    ) {
        self.store = store
        self.derivatives = derivatives
        self.quarantine = quarantine
        self.storage = storage
        self.portfolios = portfolios
        self.stopWorker = stopWorker
        self.logger = logger
        self.now = now
    }

    /// What would be removed.
    func survey(_ owner: OwnerName) async throws -> EraseReport {
        var report = EraseReport(owner: owner.rawValue, dryRun: true)
        let traces = try await store.traces(of: owner)
        report.jobs = traces.jobs
        report.events = traces.events
        report.originals = traces.originals
        report.originalBytes = traces.originalBytes
        report.sharedOriginals = traces.sharedOriginals
        report.catalogueCopies = traces.catalogueCopies
        try await forEachItem(of: owner) { item in
            report.items += 1
            if try await storage.hasLiveJob(item.id) { report.cancelledJobs += 1 }
            let objects = try await derivatives.list(item.id)
            report.objects += objects.count
            report.objectBytes += objects.reduce(0) { $0 + $1.byteCount }
            report.manifests += try await derivatives.generations(of: item.id).count
        }
        report.quarantined = try await quarantine.count(of: owner)
        report.portfolio = try await derivatives.portfolio(of: owner) != nil
        return report
    }

    /// Removes everything there is; what comes in meanwhile is removed with it or is the first work
    /// of a new member. Returns when nothing is left, also of the names in the catalogue's file.
    func erase(_ owner: OwnerName) async throws -> EraseReport {
        try await turns.run {
            var report = try await survey(owner)
            report.dryRun = false
            try await store.beginErasure(of: owner, at: now())
            #if DEBUG
                try Failpoint.eraseBegun.pass()
            #endif
            try await finish(owner)
            return report
        }
    }

    /// Ends what an earlier life began. What cannot be ended now is tried at the next start.
    package func finishPending() async {
        do {
            for owner in try await store.erasures() {
                logger.notice("ending an erasure that was interrupted")
                try await turns.run { try await finish(owner) }
            }
        } catch {
            // Without the member's name: a log is not for us to erase.
            logger.error("an erasure cannot be ended", metadata: ["error": "\(error)"])
        }
    }

    private func finish(_ owner: OwnerName) async throws {
        // First: no page may name what is going.
        try await derivatives.removePortfolio(of: owner)
        // All at once, so that they end together.
        try await forEachItem(of: owner) { try await cancelJob(of: $0.id) }
        try await forEachItem(of: owner) { try await remove($0) }
        // What jobs that ended in these moments have published, or brought to quarantine.
        try await portfolios.refresh(owner)
        try await quarantine.erase(owner)
        #if DEBUG
            try Failpoint.eraseRows.pass()
        #endif
        try await store.finishErasure(of: owner, at: now())
        logger.notice("a member is erased")
    }

    private func remove(_ item: ItemRecord) async throws {
        for attempt in 1... {
            do {
                try await storage.erase(item)
                return
            } catch let problem as Problem where problem.kind == .conflict {
                // A job whose worker is being ended, or the same bytes coming in.
                guard attempt < Self.tries else { throw problem }
                try await Task.sleep(for: .milliseconds(250))
                try await cancelJob(of: item.id)
            }
        }
    }

    private func cancelJob(of item: ItemID) async throws {
        let newest = try await store.jobs(JobFilter(itemID: item), after: nil, limit: 1)
        guard let job = newest.elements.first, job.state.isLive, !job.cancelRequested else {
            return
        }
        do throws(JobStoreError) {
            let transition = try await store.requestCancel(jobID: job.id, at: now())
            if transition.actions.contains(.stopWorker) { await stopWorker(job.id) }
        } catch .illegalTransition {
            // It has ended in this moment.
        }
    }

    private func forEachItem(
        of owner: OwnerName, _ body: (ItemRecord) async throws -> Void
    ) async throws {
        var cursor: PageCursor?
        repeat {
            let page = try await store.items(
                ItemFilter(owner: owner.rawValue), after: cursor, limit: 1000)
            for item in page.elements { try await body(item) }
            cursor = page.next
        } while cursor != nil
    }
}
