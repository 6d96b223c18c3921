#if DEBUG
    /// A named place in the daemon where a test lets it die, stand still, or fail.
    ///
    /// Release builds have none: this file is empty there, and so a place that is not left out with it
    /// does not compile.
    package enum Failpoint: String, Hashable, Sendable, CaseIterable {
        // MARK: Every file that is written

        /// Before a directory is made.
        case makeDirectory = "storage.mkdir"
        /// Before a temporary file is made.
        case create = "storage.create"
        /// Before each write of a file's bytes.
        case write = "storage.write"
        /// Before the fsync of a complete file.
        case syncFile = "storage.fsync"
        /// A complete, durable file has a temporary name.
        case staged = "storage.staged"
        /// Before each rename.
        case rename = "storage.rename"
        /// A file has its final name, which a power cut could still undo.
        case renamed = "storage.renamed"
        /// Before the fsync of a directory.
        case syncDirectory = "storage.directory.fsync"
        /// A file is durable under its final name; nobody has been told.
        case synced = "storage.synced"
        /// Before each removal of a file or directory.
        case unlink = "storage.unlink"
        /// Before a second name is given to a file (quarantine).
        case link = "storage.link"

        // MARK: Originals and quarantine

        /// An upload is copied and hashed, and has no name yet.
        case hashed = "originals.hashed"
        /// A refusal's reason lies in quarantine, its bytes do not yet.
        case reasonWritten = "quarantine.reason"
        /// A refused upload's bytes have been moved, not made durable.
        case quarantined = "quarantine.moved"

        // MARK: Published things

        /// Before an object is stored that may be there already.
        case confirm = "objects.confirm"
        /// A rendition's directory is complete under a temporary name.
        case directoryFilled = "objects.directory"
        /// Before anything of a new manifest is written.
        case manifest = "manifest.write"
        /// The immutable copy of a manifest is there, the visible one is not.
        case generationKept = "manifest.kept"
        /// Before a member's portfolio is written.
        case portfolio = "portfolio.write"
        /// Before an unnamed object is collected.
        case collectObject = "gc.object"
        /// Before an old generation's manifest is collected.
        case collectGeneration = "gc.generation"
        /// An item's manifest is removed, its objects are not.
        case removeObjects = "remove.objects"
        /// An item's published things are removed, its original is not.
        case removeOriginal = "remove.original"
        /// An item is removed but for the catalogue's entry.
        case removeEntry = "remove.entry"
        /// A member's wish to be erased is recorded, nothing is removed.
        case eraseBegun = "erase.begun"
        /// Everything of a member is removed, but names are still in the catalogue's file.
        case eraseRows = "erase.rows"
        /// A rollback is in the catalogue, not in storage.
        case rollBack = "rollback.manifest"

        // MARK: The inbox

        /// Before an upload is moved out of the inbox.
        case claim = "inbox.claim"
        /// An upload is claimed, its sidecar is not.
        case claimed = "inbox.claimed"
        /// An upload is claimed with its sidecar.
        case sidecarClaimed = "inbox.sidecar"
        /// A claim that an earlier life left has been found.
        case recoverClaim = "inbox.recover"
        /// Before a claimed upload is copied to the originals.
        case accept = "intake.accept"
        /// An upload is among the originals, nobody has been offered it.
        case kept = "intake.kept"
        /// An upload is in the queue, its claim still stands.
        case offered = "intake.offered"
        /// A claim is marked as done, its files are still there.
        case claimDone = "intake.done"
        /// Before a refused upload is listed.
        case refuse = "intake.refuse"
        /// A refused upload is listed and lies where it was claimed.
        case refused = "intake.refused"
        /// A refused upload's sidecar is in quarantine, the upload is not.
        case sidecarRefused = "intake.refused.sidecar"

        // MARK: The job store

        /// Before a transaction begins.
        case begin = "store.begin"
        /// A job is inserted, its item is not.
        case insertJob = "store.insert"
        /// A job is leased, its attempt is not recorded; one transaction.
        case leaseJob = "store.lease"
        /// A job is completed, its item does not say so; one transaction.
        case completeJob = "store.complete"
        /// An attempt of a dead holder has been given up; not committed.
        case rescueJob = "store.rescue"
        /// Before a commit.
        case commit = "store.commit"
        /// Durable; who waits for it has not been told.
        case committed = "store.committed"

        // MARK: Attempts

        /// Before a worker is started.
        case spawn = "worker.spawn"
        /// A worker has been started and nobody watches it yet.
        case spawned = "worker.spawned"
        /// Before a worker gets the upload.
        case handOver = "worker.handover"
        /// Jobs are claimed, none is begun.
        case jobsClaimed = "attempt.claimed"
        /// An attempt begins; no worker has seen the upload.
        case attempt = "attempt.start"
        /// An attempt has its scratch directory.
        case scratch = "attempt.scratch"
        /// The upload is probed; nothing is made.
        case probed = "attempt.probed"
        /// Everything is made and nothing is published.
        case worked = "attempt.worked"
        /// Before each artifact is published.
        case publishObject = "publish.object"
        /// All objects are published; the lease is asked for once more.
        case confirmLease = "publish.lease"
        /// Before the manifest is published.
        case publishManifest = "publish.manifest"
        /// The manifest is visible, the queue does not know.
        case published = "publish.done"
        /// Before the end of an attempt is recorded.
        case settle = "attempt.settle"
        /// The end of an attempt is recorded, what follows from it is not done.
        case settled = "attempt.settled"
        /// Before a discarded upload is shown in quarantine.
        case bury = "quarantine.keep"
        /// A discarded upload is in quarantine, the catalogue does not know.
        case buried = "quarantine.kept"

        // MARK: Repair at start

        /// Before a dead attempt's scratch directory is swept.
        case sweepScratch = "sweep.scratch"
        /// Before an unfinished file or directory among published things is swept.
        case sweepStorage = "sweep.storage"
        /// Before an unfinished original is swept.
        case sweepOriginals = "sweep.originals"
        /// Before the attempts of dead holders are given up.
        case rescue = "rescue.begin"
        /// Attempts of dead holders are given up, what follows is not done.
        case rescued = "rescue.done"
    }

    extension Failpoint {
        /// Whether the place can throw, so that the action `error` means something there.
        package var canFail: Bool {
            switch self {
            case .committed, .spawned, .jobsClaimed, .attempt, .settle, .settled, .published,
                .buried, .rescue, .rescued, .confirm, .sidecarClaimed:
                false
            default: true
            }
        }

        /// Passes the place, unless it is armed and due.
        ///
        /// - Returns: `true` when the caller shall fail as if the disk or the kernel had.
        @discardableResult
        package func reach() -> Bool {
            guard let action = FailpointOrder.due(at: self) else { return false }
            return action.take(at: self)
        }
    }
#endif
