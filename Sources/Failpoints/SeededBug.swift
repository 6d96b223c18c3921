#if DEBUG
    import Synchronization

    /// A mistake that a debug build makes when a test asks for it, to see that the checker of the
    /// fault tests finds it. Each breaks a promise of reliability.
    package enum SeededBug: String, Hashable, Sendable, CaseIterable {
        /// The manifest is published before the objects that it names.
        case manifestFirst
        /// The manifest is published after its job was told completed.
        case manifestLate
        /// One object is not published, and named all the same.
        case objectForgotten
        /// An object that cannot be stored is named all the same.
        case objectFailureIgnored
        /// A published object lacks its last byte.
        case objectCut
        /// A published object has one byte that is another.
        case objectFlipped
        /// Objects are written under their final names.
        case objectInPlace
        /// A generation is made visible and not kept.
        case generationForgotten
        /// What unfinished work left is not swept at start.
        case nothingSwept
        /// A file that could not be published keeps its temporary name.
        case temporaryKept
        /// An attempt's scratch directory stays.
        case scratchKept
        /// A claim stays after its upload is in the queue.
        case claimKept
        /// Claims of an earlier life are thrown away.
        case claimsForgotten
        /// A claim is forgotten before the queue has its upload.
        case claimForgottenEarly
        /// The sidecar of a claim that an earlier life left is not looked for.
        case sidecarForgotten
        /// An original goes once its item is published.
        case originalDropped
        /// Callers are told that a write is durable before it is committed.
        case answeredBeforeCommit
        /// The same upload, delivered again, is a job again.
        case deliveredTwice
        /// The same upload, delivered again, is another item.
        case secondItem
        /// An attempt is counted when it ends, not when it begins.
        case countedLate
        /// Attempts of dead daemons are not given up at start.
        case rescueForgotten
        /// Refused uploads lie in quarantine without a reason.
        case reasonForgotten
        /// Discarded uploads are not quarantined.
        case buryForgotten
        /// A refused upload is moved first and listed afterwards.
        case refusalListedLate
        /// The log does not tell of completed jobs.
        case eventForgotten
        /// The log tells twice of each start.
        case eventTwice
        /// A worker that ended is not collected.
        case workerUnreaped
        /// The collector removes what the visible manifest names.
        case visibleCollected
        /// What an upload holds is written to the log.
        case uploadLogged
        /// The daemon ends when an upload turns out to be unusable.
        case diesOfUpload
        /// A daemon that has just started waits before it claims.
        case claimsLate
        /// Whoever had a lease once may still write.
        case fencingForgotten
        /// Files are not synced.
        case filesUnsynced
        /// The catalogue is not synced.
        case catalogueUnsynced

        /// Whether nothing but a disk that loses its power brings it to light.
        package var needsPowerCut: Bool { self == .filesUnsynced || self == .catalogueUnsynced }

        /// Whether nothing but a holder that comes too late brings it to light.
        package var needsLateHolder: Bool { self == .fencingForgotten }

        /// The environment variable that chooses one.
        package static let variable = "VITRINE_SEEDED_BUG"

        private static let chosen = Mutex<SeededBug?>(nil)

        /// Chooses it for this process; once, before anything runs.
        package func choose() { Self.chosen.withLock { $0 = self } }

        package var isOn: Bool { Self.chosen.withLock { $0 == self } }
    }
#endif
