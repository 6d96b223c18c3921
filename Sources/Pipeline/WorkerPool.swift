package import Logging
package import MediaModel
package import Planning
package import WorkerProtocol

/// Starts workers, one process per attempt, forked from one that has loaded everything where that
/// is wanted.
package actor WorkerPool: MediaEngine {
    private let executable: String
    private let wantsZygote: Bool
    private let limits: LimitBook
    private let patience: Duration
    private let requiresSandbox: Bool
    private let triesEncoders: Bool
    private let groups: WorkerGroups?
    private let logger: Logger
    private var zygote: WorkerZygote?
    /// In a row; where it cannot work, nothing is started for it.
    private var forksFailed = 0
    private static let forksTried = 3
    private var isStopped = false
    /// What the newest worker said of itself; nil until one has started.
    package private(set) var lastReadiness: Readiness?

    /// - Parameters:
    ///   - executable: absolute path of `vitrine-worker`.
    ///   - forks: keep a worker that has loaded everything, and fork the others from it, which
    ///     spares each the loading. Default false.
    ///   - triesEncoders: have workers try what they can write before they say that they are ready.
    ///     They can be given no upload then; default false.
    ///   - groups: where each worker gets a control group of its own; nil = nowhere.
    ///   - requiresSandbox: give no upload to a worker that is not fully confined, default true.
    ///   - patience: until a started worker must have reported ready. Starting takes 0.1 s; a
    ///     machine under heavy load takes long for anything, and that is no failure.
    package init(
        executable: String, forks: Bool = false, limits: LimitBook, requiresSandbox: Bool = true,
        triesEncoders: Bool = false, groups: WorkerGroups? = nil,
        patience: Duration = .seconds(120), logger: Logger
    ) {
        self.requiresSandbox = requiresSandbox
        self.triesEncoders = triesEncoders
        self.groups = groups
        self.patience = patience
        self.executable = executable
        wantsZygote = forks
        self.limits = limits
        self.logger = logger
    }

    /// Starts one and waits for its report; the proof that workers can run here.
    package func start() async throws(Failure) -> Readiness {
        guard wantsZygote else {
            let process = try spawn()
            let word = await process.firstWord(within: patience)
            await Self.discard(process)
            let readiness = try word.get()
            lastReadiness = readiness
            return readiness
        }
        let zygote = try breed()
        let readiness = try await zygote.readiness.value.get()
        lastReadiness = readiness
        // One that may take nothing has nothing to wait for.
        if readiness.isConfined || !requiresSandbox {
            self.zygote = zygote
        } else {
            await zygote.end()
        }
        return readiness
    }

    /// Ends what waits; begins nothing more.
    package func stop() async {
        isStopped = true
        await zygote?.end()
        zygote = nil
    }

    package func begin(upload: Int32, scratch: Int32) async throws(Failure) -> any MediaSession {
        guard !isStopped else {
            throw Failure.internalError(code: "stopping", "the daemon is stopping")
        }
        if let session = await forked(upload, scratch) { return session }
        let process = try spawn()
        do {
            let readiness = try await process.firstWord(within: patience).get()
            lastReadiness = readiness
            return try open(process, readiness, upload, scratch)
        } catch {
            await Self.discard(process)
            throw error
        }
    }

    /// A session with a forked worker; nil where none can be had, which costs time and nothing else.
    private func forked(_ upload: Int32, _ scratch: Int32) async -> WorkerSession? {
        guard let zygote = freshZygote() else { return nil }
        do throws(Failure) {
            let process = try await zygote.fork()
            // The next attempt need not wait for a new one.
            _ = freshZygote()
            do throws(Failure) {
                try confine(process)
                let readiness = try await process.firstWord(within: patience).get()
                lastReadiness = readiness
                forksFailed = 0
                return try open(process, readiness, upload, scratch, zygote)
            } catch {
                await Self.discard(process)
                throw error
            }
        } catch {
            zygote.retire()
            forksFailed += 1
            let isLast = forksFailed == Self.forksTried
            logger.warning(
                isLast
                    ? "workers are started and not forked from now on, until the daemon is restarted"
                    : "no worker could be forked; one is started",
                metadata: [
                    "error": "\(error.operatorText)", "zygote": "\(zygote.process.processID)",
                ])
            return nil
        }
    }

    /// The zygote, or a new one in place of one that is spent; nil when none is wanted or starts.
    private func freshZygote() -> WorkerZygote? {
        guard wantsZygote, forksFailed < Self.forksTried, !isStopped else { return nil }
        if let zygote, !zygote.isSpent { return zygote }
        if let old = zygote { Task { await old.end() } }
        zygote = try? breed()
        if zygote == nil { logger.warning("no worker to fork from could be started") }
        return zygote
    }

    private func open(
        _ process: WorkerProcess, _ readiness: Readiness, _ upload: Int32, _ scratch: Int32,
        _ zygote: WorkerZygote? = nil
    ) throws(Failure) -> WorkerSession {
        guard readiness.isConfined || !requiresSandbox else { throw .unconfined(readiness) }
        try process.pass(descriptors: [upload, scratch])
        return WorkerSession(
            process: process, readiness: readiness, limits: limits.limits, zygote: zygote)
    }

    private var arguments: [String] {
        (requiresSandbox ? [] : ["--sandbox=reduced"]) + (triesEncoders ? ["--try-encoders"] : [])
    }

    private func breed() throws(Failure) -> WorkerZygote {
        try WorkerZygote(executable: executable, arguments: arguments, patience: patience)
    }

    private func spawn() throws(Failure) -> WorkerProcess {
        let process = try WorkerProcess(executable: executable, arguments: arguments)
        do {
            try confine(process)
        } catch {
            process.end(because: error)
            throw error
        }
        return process
    }

    /// Bounds a worker before it hears of an upload.
    private func confine(_ process: WorkerProcess) throws(Failure) {
        // The probe's limits until the plan's are known.
        let memory = limits.limits.transcodeAddressSpace
        try process.limit(addressSpaceBytes: memory, cpuSeconds: -1, fileBytes: -1)
        guard let groups else { return }
        do throws(GroupError) {
            // Before it takes memory of its own, so that all of that counts.
            try process.enterGroup(of: groups, memoryBytes: memory)
        } catch {
            // The resource limits hold all the same, as where no groups are delegated.
            logger.warning(
                "a worker has no control group of its own",
                metadata: ["error": "\(error)", "worker.pid": "\(process.processID)"])
        }
    }

    /// Ends it and waits until it has gone. Its first word must have been taken or given up.
    private static func discard(_ process: WorkerProcess) async {
        process.end(because: .internalError(code: "spare", "the worker is not needed"))
        await process.drain()
    }
}
