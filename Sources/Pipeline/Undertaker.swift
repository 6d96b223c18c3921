import Failpoints
package import JobQueue
package import Logging
package import MediaModel
package import Storage

/// Quarantines uploads whose job ended for good; again after a crash between decision and move.
package struct Undertaker: Sendable {
    private let store: any JobStore
    private let originals: OriginalStore
    private let quarantine: Quarantine
    private let logger: Logger
    private let now: @Sendable () -> Timestamp

    package init(
        store: any JobStore, originals: OriginalStore, quarantine: Quarantine, logger: Logger,
        now: @escaping @Sendable () -> Timestamp
    ) {
        self.store = store
        self.originals = originals
        self.quarantine = quarantine
        self.logger = logger
        self.now = now
    }

    /// Does the quarantine that a transition asks for, if it asks; gives up that of an upload which
    /// was completed after all.
    package func bury(_ transition: Transition) async {
        if transition.job.state == .completed { await release(transition.job.upload) }
        for case .quarantine(let failure) in transition.actions {
            await keep(transition.job.upload, because: failure)
        }
    }

    /// Does what a daemon that died left undone.
    package func buryRemaining() async throws(JobStoreError) {
        while true {
            let items = try await store.itemsToQuarantine(limit: 100)
            var moved = 0
            for item in items {
                guard let upload = item.upload, let failure = item.failure else { continue }
                if await keep(upload, because: failure) { moved += 1 }
            }
            if moved == 0 { return }
        }
    }

    /// After an operator's retry: an item is ready or quarantined, never both.
    private func release(_ upload: Upload) async {
        do {
            try await quarantine.release(item: upload.itemID, sha256: upload.sha256)
        } catch {
            logger.warning(
                "cannot release from quarantine",
                metadata: ["item.id": "\(upload.itemID)", "error": "\(error)"])
        }
    }

    @discardableResult
    private func keep(_ upload: Upload, because failure: Failure) async -> Bool {
        do {
            #if DEBUG
                if SeededBug.buryForgotten.isOn { return false }
                try Failpoint.bury.pass()
            #endif
            try await quarantine.keep(
                originalOf: Storage.Refusal(
                    item: upload.itemID, fileName: upload.fileName, byteCount: upload.byteCount,
                    sha256: upload.sha256, owner: upload.sidecar.owner, refusedAt: now(),
                    failure: failure),
                from: originals)
            #if DEBUG
                Failpoint.buried.reach()
            #endif
            try await store.markQuarantined(upload.itemID, at: now())
            return true
        } catch {
            // The decision is durable; the next start (or rescue) does it again.
            logger.error(
                "cannot quarantine", metadata: ["item.id": "\(upload.itemID)", "error": "\(error)"])
            return false
        }
    }
}
