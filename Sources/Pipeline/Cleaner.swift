import Failpoints
package import Logging
package import Storage

/// Removes what dead processes left: scratch directories and temporary files. Never an original,
/// never a quarantined upload, never a published object.
package struct Cleaner: Sendable {
    private let scratch: Directory
    private let derivatives: any DerivativeStore
    private let originals: OriginalStore
    private let quarantine: Quarantine
    private let logger: Logger

    package init(
        scratch: Directory, derivatives: any DerivativeStore, originals: OriginalStore,
        quarantine: Quarantine, logger: Logger
    ) {
        self.scratch = scratch
        self.derivatives = derivatives
        self.originals = originals
        self.quarantine = quarantine
        self.logger = logger
    }

    /// Before anything runs: everything temporary belongs to a process that is dead. What cannot
    /// be removed (a read-only disk) is left for the next start.
    package func atStart() async {
        #if DEBUG
            if SeededBug.nothingSwept.isOn { return }
        #endif
        var removed = 0
        // Each by itself: one place that cannot be swept must not keep the others dirty.
        removed += await sweep("scratch") { [scratch] in
            var count = 0
            for name in try scratch.names() {
                #if DEBUG
                    try Failpoint.sweepScratch.pass()
                #endif
                try scratch.removeTree(name)
                count += 1
            }
            return count
        }
        removed += await sweep("storage") { [derivatives] in
            try await derivatives.sweepTemporaries()
        }
        removed += await sweep("originals") { [originals] in try await originals.sweepTemporaries()
        }
        removed += await sweep("quarantine") { [quarantine] in
            try await quarantine.sweepTemporaries()
        }
        if removed > 0 {
            logger.notice("swept leftovers", metadata: ["removed.count": "\(removed)"])
        }
    }

    private func sweep(_ place: String, _ work: () async throws -> Int) async -> Int {
        do {
            return try await work()
        } catch {
            logger.warning("cannot sweep", metadata: ["place": "\(place)", "error": "\(error)"])
            return 0
        }
    }
}
