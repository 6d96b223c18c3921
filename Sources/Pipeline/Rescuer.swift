import Failpoints
package import JobQueue
package import Logging
package import MediaModel

/// Ends attempts that nobody works on any more.
///
/// At start: those of earlier instances, which must be dead, since one process owns the store.
/// Later: those whose lease expired. Its timer is armed only while something runs.
package struct Rescuer: Sendable {
    private let store: any JobStore
    private let undertaker: Undertaker
    private let holder: String
    private let logger: Logger
    private let now: @Sendable () -> Timestamp
    /// Between looks while something runs.
    private let interval: Duration

    package init(
        store: any JobStore, undertaker: Undertaker, holder: String, logger: Logger,
        interval: Duration = .seconds(30), now: @escaping @Sendable () -> Timestamp
    ) {
        self.store = store
        self.undertaker = undertaker
        self.holder = holder
        self.logger = logger
        self.interval = interval
        self.now = now
    }

    /// Before anything is claimed.
    package func atStart() async throws(JobStoreError) {
        #if DEBUG
            if SeededBug.rescueForgotten.isOn { return }
            Failpoint.rescue.reach()
        #endif
        try await rescue(soleHolder: holder)
        #if DEBUG
            Failpoint.rescued.reach()
        #endif
        try await undertaker.buryRemaining()
    }

    /// Runs until cancelled.
    package func run() async {
        for await _ in store.changes() {
            while !Task.isCancelled, await somethingRuns() {
                do { try await Task.sleep(for: interval) } catch { return }
                do {
                    try await rescue(soleHolder: nil)
                    try await undertaker.buryRemaining()
                } catch {
                    logger.error("cannot rescue", metadata: ["error": "\(error)"])
                }
            }
        }
    }

    /// A job, or an upload that waits to be quarantined because that failed.
    private func somethingRuns() async -> Bool {
        guard let status = try? await store.status(at: now()) else { return false }
        if (status.jobs[.running] ?? 0) > 0 { return true }
        let waiting = try? await store.itemsToQuarantine(limit: 1)
        return !(waiting ?? []).isEmpty
    }

    private func rescue(soleHolder: String?) async throws(JobStoreError) {
        for transition in try await store.rescue(soleHolder: soleHolder, at: now()) {
            logger.notice(
                "attempt rescued",
                metadata: [
                    "item.id": "\(transition.job.itemID)", "job.id": "\(transition.job.id)",
                    "job.state": "\(transition.job.state.rawValue)",
                ])
            await undertaker.bury(transition)
        }
    }
}
