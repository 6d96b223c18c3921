package import Logging
package import MediaModel
package import Planning
package import WorkerProtocol

/// Starts workers, one process per attempt, and keeps a spare ready so that start-up costs no
/// latency.
package actor WorkerPool: MediaEngine {
    private let executable: String
    private let sparesWanted: Int
    private let limits: Limits
    private let patience: Duration
    private let requiresSandbox: Bool
    private let triesEncoders: Bool
    private let groups: WorkerGroups?
    private let logger: Logger
    private var spares: [Spare] = []
    private var isStopped = false
    /// What the newest worker said of itself; nil until one has started.
    package private(set) var lastReadiness: Readiness?

    private struct Spare: Sendable {
        let process: WorkerProcess
        /// Its first word, awaited since it was started.
        let readiness: Task<Result<Readiness, Failure>, Never>
    }

    /// - Parameters:
    ///   - executable: absolute path of `vitrine-worker`.
    ///   - spares: workers waiting ready, default 1.
    ///   - triesEncoders: have workers try what they can write before they say that they are ready.
    ///     They can be given no upload then; default false.
    ///   - groups: where each worker gets a control group of its own; nil = nowhere.
    ///   - requiresSandbox: give no upload to a worker that is not fully confined, default true.
    ///   - patience: until a started worker must have reported ready. Starting takes 0.1 s; a
    ///     machine under heavy load takes long for anything, and that is no failure.
    package init(
        executable: String, spares: Int = 1, limits: Limits, requiresSandbox: Bool = true,
        triesEncoders: Bool = false, groups: WorkerGroups? = nil,
        patience: Duration = .seconds(120), logger: Logger
    ) {
        self.requiresSandbox = requiresSandbox
        self.triesEncoders = triesEncoders
        self.groups = groups
        self.patience = patience
        self.executable = executable
        sparesWanted = spares
        self.limits = limits
        self.logger = logger
    }

    /// Fills the spares and waits for one to report; the proof that workers can run here.
    package func start() async throws(Failure) -> Readiness {
        let spare = try startOne()
        let readiness = try await spare.readiness.value.get()
        lastReadiness = readiness
        // One that may take nothing has nothing to wait for.
        let mayWait = sparesWanted > 0 && (readiness.isConfined || !requiresSandbox)
        if mayWait { spares.append(spare) } else { await discard(spare) }
        return readiness
    }

    /// Ends the spares; begins nothing more.
    package func stop() async {
        isStopped = true
        let ending = spares
        spares = []
        for spare in ending { await discard(spare) }
    }

    package func begin(upload: Int32, scratch: Int32) async throws(Failure) -> any MediaSession {
        guard !isStopped else {
            throw Failure.internalError(code: "stopping", "the daemon is stopping")
        }
        // A spare may have died while it waited (killed from outside); take the next.
        while let spare = spares.popLast() {
            refill()
            if case .success(let readiness) = await spare.readiness.value,
                spare.process.isAlive
            {
                do {
                    return try open(spare.process, readiness, upload, scratch)
                } catch {
                    // Ended between the look and the hand-over.
                }
            }
            logger.warning(
                "spare worker had ended", metadata: ["worker.pid": "\(spare.process.processID)"])
            await discard(spare)
        }
        refill()
        let spare = try startOne()
        do {
            let readiness = try await spare.readiness.value.get()
            lastReadiness = readiness
            return try open(spare.process, readiness, upload, scratch)
        } catch {
            await discard(spare)
            throw error
        }
    }

    private func open(
        _ process: WorkerProcess, _ readiness: Readiness, _ upload: Int32, _ scratch: Int32
    ) throws(Failure) -> WorkerSession {
        guard readiness.isConfined || !requiresSandbox else { throw .unconfined(readiness) }
        try process.pass(descriptors: [upload, scratch])
        return WorkerSession(process: process, readiness: readiness, limits: limits)
    }

    private func refill() {
        while !isStopped, spares.count < sparesWanted {
            guard let spare = try? startOne() else {
                logger.warning("spare worker did not start")
                return
            }
            spares.append(spare)
        }
    }

    private func startOne() throws(Failure) -> Spare {
        let process = try WorkerProcess(
            executable: executable,
            arguments: (requiresSandbox ? [] : ["--sandbox=reduced"])
                + (triesEncoders ? ["--try-encoders"] : []))
        do {
            // The probe's limits until the plan's are known.
            try process.limit(
                addressSpaceBytes: limits.transcodeAddressSpace, cpuSeconds: -1, fileBytes: -1)
        } catch {
            process.end(because: error)
            throw error
        }
        if let groups {
            do throws(GroupError) {
                // Before it has mapped its libraries, so that nearly all it takes counts.
                try process.enterGroup(of: groups, memoryBytes: limits.transcodeAddressSpace)
            } catch {
                // The resource limits hold all the same, as where no groups are delegated.
                logger.warning(
                    "a worker has no control group of its own",
                    metadata: ["error": "\(error)", "worker.pid": "\(process.processID)"])
            }
        }
        return Spare(
            process: process,
            readiness: Task { [patience] in await Self.firstWord(of: process, within: patience) })
    }

    private func discard(_ spare: Spare) async {
        spare.process.end(because: .internalError(code: "spare", "the spare worker is not needed"))
        _ = await spare.readiness.value
        while true {
            if case .ended = await spare.process.next() { return }
        }
    }

    private static func firstWord(
        of process: WorkerProcess, within limit: Duration
    ) async -> Result<Readiness, Failure> {
        let patience = Task {
            try await Task.sleep(for: limit)
            process.end(
                because: Failure(
                    kind: .timeout, code: "workerSilent",
                    operatorText: "the worker did not report ready within "
                        + "\(limit.components.seconds) s.",
                    uploaderText: "Something went wrong on our side. We will try again."))
        }
        defer { patience.cancel() }
        switch await process.next() {
        case .report(.ready(let readiness)):
            guard readiness.protocolVersion == Readiness.currentProtocolVersion else {
                let failure = Failure.internalError(
                    code: "workerVersion",
                    "the worker speaks protocol \(readiness.protocolVersion), this daemon "
                        + "\(Readiness.currentProtocolVersion); install both from one version")
                process.end(because: failure)
                return .failure(failure)
            }
            return .success(readiness.tamed)
        case .report:
            let failure = Failure.internalError(
                code: "workerGarbage", "the worker's first word was not that it is ready")
            process.end(because: failure)
            return .failure(failure)
        case .ended(let exit):
            return .failure(exit.failure)
        }
    }
}
