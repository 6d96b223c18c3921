import Failpoints
package import Logging
package import MediaModel
package import Storage

/// Brings uploads in: watches the inbox, claims what is complete, keeps the original by content,
/// and offers it.
///
/// Per upload: claim → adopt (copy, hash, fsync) → offer → forget the claim. Each step may be
/// repeated, so a crash anywhere costs a repetition and never an upload.
package actor IntakeService {
    private(set) var configuration: IntakeConfiguration
    private let inbox: InboxDirectory
    let claims: ClaimedUploads
    let originals: OriginalStore
    let quarantine: Quarantine
    let sink: IntakeSink
    let now: @Sendable () -> Timestamp
    private let freeSpace: @Sendable () throws -> FreeSpace
    let logger: Logger
    let work = BlockingWork(label: "vitrine.intake")
    private var watcher: InboxWatcher?
    var counts = IntakeStatus()
    /// Why intake is paused; nil = there is room.
    private var shortage: String?
    /// What failed last and has not worked since.
    private var problem: String?
    /// Paths that could not be claimed, until they can or are gone.
    private var troubles: [InboxPath: Trouble] = [:]
    private let slots: IntakeSlots

    /// Opens, and makes when missing, the inbox and the directory of claims.
    ///
    /// - Parameters:
    ///   - now: the wall clock; says when an upload was received.
    ///   - freeSpace: of the file system that originals and state are on; nil = the originals'.
    package init(
        configuration: IntakeConfiguration, originals: OriginalStore, quarantine: Quarantine,
        sink: IntakeSink, logger: Logger = Logger(label: "vitrine.intake"),
        now: @escaping @Sendable () -> Timestamp,
        freeSpace: (@Sendable () throws -> FreeSpace)? = nil
    ) throws(StorageError) {
        self.configuration = configuration
        self.originals = originals
        self.quarantine = quarantine
        self.sink = sink
        self.logger = logger
        self.now = now
        if let freeSpace {
            self.freeSpace = freeSpace
        } else {
            self.freeSpace = { try originals.freeSpace() }
        }
        slots = IntakeSlots(count: configuration.concurrentUploads)
        inbox = try InboxDirectory(path: configuration.inboxPath, creating: 0o770)
        claims = try ClaimedUploads(inbox: inbox, path: configuration.claimedPath)
    }

    /// `watching` means that the inbox is watched and has been looked through once.
    package var status: IntakeStatus {
        var status = counts
        if status.state != .stopped {
            status.state = shortage != nil ? .paused : problem != nil ? .retrying : .watching
            status.reason = shortage ?? problem
        }
        return status
    }

    /// Looks at every name in the inbox now.
    package func rescanNow() { watcher?.rescan() }

    /// Runs until the task is cancelled; ends within the time of one system call, because what is
    /// half copied is found again at the next start.
    ///
    /// Throws when a sync failed (the process must end: what is on disk is unknown).
    package func run() async throws {
        let (stream, continuation) = AsyncStream.makeStream(of: Candidate.self)
        for claim in try await recoverClaims() { continuation.yield(.claim(claim)) }
        let watcher = try InboxWatcher(inbox: inbox, configuration: configuration, logger: logger) {
            for path in $0 { continuation.yield(.path(path)) }
        }
        self.watcher = watcher
        await watcher.start()
        counts.state = .watching
        defer {
            watcher.stop()
            self.watcher = nil
            counts.state = .stopped
        }
        try await withThrowingDiscardingTaskGroup { group in
            for await candidate in stream {
                await slots.take()
                let isAdded = group.addTaskUnlessCancelled {
                    // What it throws is not to be survived: the group cancels the others and throws
                    // it, once this loop has ended, which no cancelling of the group ends.
                    do {
                        try await self.handle(candidate)
                    } catch {
                        continuation.finish()
                        await self.slots.give()
                        throw error
                    }
                    await self.slots.give()
                }
                if !isAdded { await slots.give() }
            }
        }
    }

    // MARK: - One candidate

    private enum Candidate: Sendable {
        case path(InboxPath)
        case claim(Claim)
    }

    private func handle(_ candidate: Candidate) async throws {
        counts.inFlight += 1
        defer { counts.inFlight -= 1 }
        do {
            switch candidate {
            case .claim(let claim): try await complete(claim)
            case .path(let path):
                guard let claim = try await claim(path) else { return }
                // The name is free again: what comes under it now is another upload.
                watcher?.finished(path, .gone)
                try await complete(claim)
            }
        } catch is CancellationError {
            // The claim, if there is one, is found again at the next start.
        }
    }

    private func recoverClaims() async throws -> [Claim] {
        let claims = claims
        return try await untilItWorks {
            try await self.work.run { () throws(StorageError) in try claims.recover() }
        }
    }

    private func claim(_ path: InboxPath) async throws -> Claim? {
        do {
            try await waitForSpace(byteCount: 0)
        } catch let error as StorageError {
            try retryLater(path, after: error)
            return nil
        }
        let claims = claims
        let time = now()
        let result: ClaimResult
        do throws(StorageError) {
            result = try await work.run { () throws(StorageError) in
                try claims.claim(path, now: time)
            }
            problem = nil
        } catch {
            // Not here, where it would hold up the others.
            try retryLater(path, after: error)
            return nil
        }
        if case .forbidden = result {} else { troubles[path] = nil }
        switch result {
        case .claimed(let claim): return claim
        case .gone: watcher?.finished(path, .gone)
        case .busy: watcher?.finished(path, .later)
        case .left(let reason, let status):
            logger.warning(
                "inbox entry left in place",
                metadata: ["upload.path": "\(path)", "reason": "\(reason.rawValue)"])
            await sink.leave(LeftEntry(path: path.description, reason: reason))
            watcher?.finished(path, .left(status))
        case .forbidden(let error):
            if note(path).isReported == false {
                troubles[path]?.isReported = true
                logger.warning(
                    "inbox entry left in place",
                    metadata: ["upload.path": "\(path)", "reason": "\(error)"])
                await sink.leave(LeftEntry(path: path.description, reason: .permission))
            }
            // A changed mode of a directory above shows nowhere else.
            watcher?.finished(path, .retry(after: configuration.rescanInterval))
        }
        return nil
    }

    private struct Trouble {
        var attempts = 0
        var isReported = false
    }

    private func note(_ path: InboxPath) -> Trouble {
        // A bound, not a rule: forgetting costs a second report.
        if troubles.count > 10_000 { troubles.removeAll() }
        troubles[path, default: Trouble()].attempts += 1
        return troubles[path] ?? Trouble()
    }

    private func retryLater(_ path: InboxPath, after error: StorageError) throws(StorageError) {
        // What is on disk is unknown now: the process ends and looks at the next start.
        if error.code == .syncFailed { throw error }
        let attempts = note(path).attempts
        if attempts == 1 {
            logger.warning(
                "upload cannot be claimed and is tried again",
                metadata: ["upload.path": "\(path)", "error": "\(error)"])
        }
        problem = "\(error)"
        watcher?.finished(path, .retry(after: delay(afterAttempts: attempts)))
    }

    /// Ever longer, up to the longest.
    private func delay(afterAttempts attempts: Int) -> Duration {
        let factor = 1 << min(20, max(0, attempts - 1))
        return min(configuration.retryDelay * factor, configuration.longestRetryDelay)
    }

    /// Brings a claim to its end, however often the disk or the queue fails on the way; between
    /// two attempts others have its place.
    private func complete(_ claim: Claim) async throws {
        let claims = claims
        var upload: Upload?
        // Nobody may remove its bytes before its end is known.
        defer { if let upload { originals.settle(upload.sha256) } }
        var attempts = 0
        var reported: String?
        while true {
            do {
                try await keepOrRefuse(claim, &upload)
                try await work.run { () throws(StorageError) in try claims.finish(claim) }
                problem = nil
                return
            } catch {
                try Task.checkCancellation()
                // What is on disk is unknown now: the process ends and looks at the next start.
                if let error = error as? StorageError, error.code == .syncFailed { throw error }
                let text = "\(error)"
                if text != reported {
                    logger.warning("intake is trying again", metadata: ["error": "\(text)"])
                }
                reported = text
                problem = text
            }
            attempts += 1
            try await slots.park(for: delay(afterAttempts: attempts))
        }
    }

    /// - Parameter upload: the upload once its original is kept, which is not done again.
    private func keepOrRefuse(_ claim: Claim, _ upload: inout Upload?) async throws {
        // Nothing there: an earlier run came as far as moving it to quarantine.
        guard let status = try claim.directory.status(of: claim.path.name) else { return }
        do {
            let kept: Upload
            if let upload {
                kept = upload
            } else {
                try await waitForSpace(byteCount: status.byteCount)
                kept = try await keep(claim, status)
                upload = kept
            }
            #if DEBUG
                if SeededBug.claimForgottenEarly.isOn { try claims.finish(claim) }
                try Failpoint.kept.pass()
            #endif
            let answer = try await offer(kept)
            #if DEBUG
                try Failpoint.offered.pass()
            #endif
            switch answer {
            case .accepted, .existing: counts.accepted += 1
            case .conflict(let failure): throw failure
            case .unavailable(let reason): throw IntakeRetry.sinkUnavailable(reason)
            }
        } catch let refusal as Failure {
            try await refuse(claim, status, refusal, &upload)
        }
    }

    /// Throws a `Failure` for what must be refused; anything else is worth another try.
    private func keep(_ claim: Claim, _ status: FileStatus) async throws -> Upload {
        if let failure = reasonNotToRead(status) { throw failure }
        let sidecar = try readSidecar(of: claim)
        #if DEBUG
            try Failpoint.accept.pass()
        #endif
        let file = try openUpload(claim)
        let before = try FileStatus(of: file.rawValue)
        #if DEBUG
            if SeededBug.uploadLogged.isOn { try tell(file.rawValue) }
        #endif
        // Beside the copy: both wait for the disk, and what is secured is what was copied, or the
        // file has changed.
        let claims = claims
        async let isSecured: Void = work.run { () throws(StorageError) in try claims.secure(claim) }
        let digest = try await originals.adopt(
            file.rawValue, limit: configuration.maximumByteCount)
        do {
            try await isSecured
            guard try FileStatus(of: file.rawValue).hasSameContent(as: before) else {
                throw IntakeRetry.changedWhileCopied
            }
        } catch {
            originals.settle(digest.sha256)
            throw error
        }
        return Self.upload(
            fileName: claim.path.name.description, digest: digest, sidecar: sidecar,
            receivedAt: claim.receivedAt)
    }

    private func offer(_ upload: Upload) async throws(IntakeRetry) -> OfferAnswer {
        do {
            return try await sink.offer(upload)
        } catch {
            // Also a `Failure`: whoever throws did not decide about the upload.
            throw .sinkUnavailable("\(error)")
        }
    }

    // MARK: - Parts

    private func openUpload(_ claim: Claim) throws -> OwnedDescriptor {
        do throws(StorageError) {
            return try claim.directory.openFile(claim.path.name)
        } catch {
            if error.code == .permission || error.code == .notRegularFile {
                throw Refused.unreadable(error.code.rawValue)
            }
            throw error
        }
    }

    // MARK: - Waiting

    package var admission: Admission {
        Admission(
            minimumFreeFraction: configuration.minimumFreeFraction,
            minimumFreeBytes: configuration.minimumFreeBytes)
    }

    /// Takes over what can change while it runs: the largest upload and the free space to keep. An
    /// intake that is paused goes on by them.
    package func adjust(to new: IntakeConfiguration) {
        configuration.maximumByteCount = new.maximumByteCount
        configuration.minimumFreeFraction = new.minimumFreeFraction
        configuration.minimumFreeBytes = new.minimumFreeBytes
    }

    /// Why there is no room for so many bytes beside the reserve; nil = there is.
    func shortage(for byteCount: Int64) throws -> String? {
        try admission.shortage(for: byteCount, on: freeSpace())
    }

    /// Returns when there is room for so many bytes beside the reserve.
    private func waitForSpace(byteCount: Int64) async throws {
        while let reason = try shortage(for: byteCount) {
            if shortage == nil {
                logger.warning("intake paused", metadata: ["reason": "\(reason)"])
            }
            shortage = reason
            try await Task.sleep(for: configuration.spaceCheckInterval)
        }
        if shortage != nil {
            shortage = nil
            logger.notice("intake resumed")
        }
    }

    /// Repeats what the disk or the queue may refuse for a while, ever more slowly.
    private func untilItWorks<Value: Sendable>(
        _ body: () async throws -> Value
    ) async throws -> Value {
        var delay = configuration.retryDelay
        while true {
            do {
                let value = try await body()
                problem = nil
                return value
            } catch {
                try Task.checkCancellation()
                // What is on disk is unknown now: the process ends and looks at the next start.
                if let error = error as? StorageError, error.code == .syncFailed { throw error }
                logger.warning("intake is trying again", metadata: ["error": "\(error)"])
                problem = "\(error)"
                try await Task.sleep(for: delay)
                delay = min(delay * 2, configuration.longestRetryDelay)
            }
        }
    }
}

/// Not the upload's fault, and not the disk's: try again.
enum IntakeRetry: Error {
    case changedWhileCopied
    case sinkUnavailable(String)
}
