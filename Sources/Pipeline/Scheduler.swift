import Failpoints
package import JobQueue
package import Logging
package import MediaModel
import Planning
import Storage

/// Claims jobs as slots become free and runs each as one task, with its lease kept alive.
///
/// Wakes for a change in the store, a job that ended, or a moment that becomes due; an idle
/// scheduler has no timer.
package actor Scheduler {
    package struct Settings: Sendable {
        /// Jobs at once.
        package var slots: Int
        /// This daemon instance: unique per start.
        package var holder: String
        /// Six heartbeats: a daemon that is only slow does not lose its jobs.
        package var leaseDuration: Duration = .seconds(60)
        /// Rare enough to cost nothing.
        package var heartbeat: Duration = .seconds(10)

        package init(slots: Int, holder: String) {
            self.slots = slots
            self.holder = holder
        }
    }

    /// Why a running attempt was ended from here.
    private enum StopReason { case operatorCancelled, stopping, leaseLost }

    private struct Running {
        var job: Job
        /// The lease's token: an attempt that was given up late must not touch the one after it.
        var token: Int64
        var task: Task<Void, Never>
        var stop: StopReason?
    }

    private let store: any JobStore
    private let runner: JobRunner
    private let undertaker: Undertaker
    private let portfolios: PortfolioKeeper
    private let quotas: QuotaBook
    private let meter: PipelineMeter
    private var settings: Settings
    private let logger: Logger
    private let now: @Sendable () -> Timestamp
    private let jitter: @Sendable () -> Double
    private let whenIdle: @Sendable () -> Void
    /// Something ran since `whenIdle` was called.
    private var hasWorked = false
    private var running: [Int64: Running] = [:]
    private var isDraining = false
    /// Nothing is claimed: see `bar`.
    private var isBarred = false
    /// A claim is under way; `filled` is resumed when it is not any more.
    private var isFilling = false
    private var filled: CheckedContinuation<Void, Never>?
    private var fatal: Failure?
    #if DEBUG
        /// Of `SeededBug.claimsLate`.
        private var isAwake = false
    #endif
    /// The loop is between its start and its end.
    private var isLooping = false
    /// Who waits for a whole turn of the loop.
    private var turnWaiters: [CheckedContinuation<Void, Never>] = []
    private let wake: AsyncStream<Void>.Continuation
    private let wakes: AsyncStream<Void>

    /// - Parameters:
    ///   - jitter: random numbers in 0…1 for back-off.
    ///   - whenIdle: called, quick as it must be, each time when the last job has ended and none is due.
    package init(
        store: any JobStore, runner: JobRunner, undertaker: Undertaker,
        portfolios: PortfolioKeeper, quotas: QuotaBook, meter: PipelineMeter,
        settings: Settings, logger: Logger, now: @escaping @Sendable () -> Timestamp,
        jitter: @escaping @Sendable () -> Double,
        whenIdle: @escaping @Sendable () -> Void = {}
    ) {
        self.store = store
        self.runner = runner
        self.undertaker = undertaker
        self.portfolios = portfolios
        self.quotas = quotas
        self.meter = meter
        self.settings = settings
        self.logger = logger
        self.now = now
        self.jitter = jitter
        self.whenIdle = whenIdle
        (wakes, wake) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Claims nothing from now on: jobs wait, for a daemon that may process them.
    package func bar() { isBarred = true }

    package var runningCount: Int { running.count }
    package var slots: Int { settings.slots }

    /// How many jobs may run at once from now on; those that run go on.
    package func setSlots(_ count: Int) {
        settings.slots = count
        wake.yield()
    }

    // MARK: Running

    /// Runs until `drain` or cancellation.
    /// - Throws: a `Failure` when a sync failed: this process must end and verify at its next start.
    package func run() async throws {
        let changes = store.changes()
        let follower = Task { [wake] in for await _ in changes { wake.yield() } }
        defer { follower.cancel() }
        var alarm: Task<Void, Never>?
        defer { alarm?.cancel() }
        isLooping = true
        defer {
            isLooping = false
            endTurn()
        }
        wake.yield()
        for await _ in wakes {
            if let fatal { throw fatal }
            if isDraining || Task.isCancelled { break }
            await fill()
            if hasWorked, running.isEmpty {
                hasWorked = false
                whenIdle()
            }
            alarm?.cancel()
            alarm = await setAlarm()
            endTurn()
        }
    }

    /// Returns when the loop has taken a whole turn, with the store asked for jobs when there is a
    /// free slot: from a loop that hangs nobody comes back. At once where there is no loop, before
    /// the start and while draining.
    package func takeTurn() async {
        guard isLooping, !isDraining else { return }
        await withCheckedContinuation { continuation in
            turnWaiters.append(continuation)
            wake.yield()
        }
    }

    private func endTurn() {
        let waiters = turnWaiters
        turnWaiters = []
        for waiter in waiters { waiter.resume() }
    }

    private func fill() async {
        let others = running.values.filter { $0.job.lane != .fresh }.count
        let free = Slots(
            total: settings.slots, runningFresh: running.count - others, runningOthers: others)
        guard free.free > 0, !isBarred else { return }
        #if DEBUG
            if SeededBug.claimsLate.isOn, !isAwake { return sleepFirst() }
        #endif
        isFilling = true
        defer {
            isFilling = false
            filled?.resume()
            filled = nil
        }
        do {
            let jobs = try await store.claim(
                free, holder: settings.holder, leaseDuration: settings.leaseDuration, at: now())
            #if DEBUG
                if !jobs.isEmpty { Failpoint.jobsClaimed.reach() }
            #endif
            for job in jobs {
                if isDraining {
                    // Claimed while the stop came: given back without a trace.
                    await giveBack(job)
                } else {
                    start(job)
                }
            }
        } catch .syncFailed(let why) {
            fatal = JobStoreError.syncFailed(why).failure
            wake.yield()
        } catch {
            logger.error("cannot claim jobs", metadata: ["error": "\(error.operatorText)"])
            // The store is in trouble: look again later instead of at once.
            Task { [wake] in
                try? await Task.sleep(for: .seconds(5))
                wake.yield()
            }
        }
    }

    #if DEBUG
        private func sleepFirst() {
            Task {
                try? await Task.sleep(for: .seconds(8))
                isAwake = true
                wake.yield()
            }
        }
    #endif

    private func giveBack(_ job: Job) async {
        guard let token = job.lease?.token else { return }
        await finish(job, token, .interrupted, cpu: nil)
    }

    private func setAlarm() async -> Task<Void, Never>? {
        // Without a free slot nothing that becomes due can start; the end of a job wakes.
        guard running.count < settings.slots, !isBarred else { return nil }
        guard let due = try? await store.nextDue(after: now()) else { return nil }
        // Overdue and yet not claimed (a reserved slot): not again at once.
        let wait = max(.milliseconds(200), due.duration(since: now()))
        return Task { [wake] in
            do { try await Task.sleep(for: wait) } catch { return }
            wake.yield()
        }
    }

    private func start(_ job: Job) {
        guard let token = job.lease?.token else { return }
        // Its earlier attempt lost the lease and is still being ended: the claim runs out or is
        // rescued, rather than two attempts running at once.
        guard running[job.id] == nil else { return }
        running[job.id] = Running(
            job: job, token: token, task: Task { await self.attempt(job, token: token) }, stop: nil)
    }

    private func attempt(_ job: Job, token: Int64) async {
        logger.info(
            "attempt started",
            metadata: ["item.id": "\(job.itemID)", "job.id": "\(job.id)", "attempt": "\(token)"])
        #if DEBUG
            Failpoint.attempt.reach()
        #endif
        let heart = Task { await self.beat(job, token: token) }
        let observer = JobRunner.Observer(
            workerStarted: { [store, settings, now] pid in
                await store.setWorker(pid, jobID: job.id, token: token)
                // Shown to operators with the next durable write; here is one, beside the work.
                Task {
                    _ = try? await store.heartbeat(
                        jobID: job.id, token: token, leaseDuration: settings.leaseDuration,
                        at: now())
                }
            },
            suspected: { [store] in
                await store.setTools($0.versions, jobID: job.id, token: token)
            },
            progressed: { [store] progress in
                store.setProgress(progress, jobID: job.id, token: token)
            },
            played: { [store, quotas] seconds in
                try await store.noteDuration(
                    seconds, of: job.upload, quota: quotas.quota(of: job.upload.sidecar.owner))
            },
            confirmLease: { [store, settings, now] in
                _ = try await store.heartbeat(
                    jobID: job.id, token: token, leaseDuration: settings.leaseDuration, at: now())
            },
            published: { [meter] in meter.published($0, seconds: $1) },
            spent: { [meter] in meter.spent($0) })
        let result = await runner.run(job, observer: observer)
        heart.cancel()
        // One that was ended from here says nothing about uploads or workers.
        if running[job.id]?.stop == nil { meter.ended(result) }
        await settle(job, token: token, result)
        #if DEBUG
            if SeededBug.diesOfUpload.isOn, case .failed = result { fatalError("seeded") }
        #endif
        running[job.id] = nil
        hasWorked = true
        wake.yield()
    }

    private func beat(_ job: Job, token: Int64) async {
        while true {
            do { try await Task.sleep(for: settings.heartbeat) } catch { return }
            do {
                let current = try await store.heartbeat(
                    jobID: job.id, token: token, leaseDuration: settings.leaseDuration, at: now())
                if current.cancelRequested { stop(job.id, token, because: .operatorCancelled) }
            } catch .staleLease {
                stop(job.id, token, because: .leaseLost)
            } catch {
                // The lease may expire while the store is in trouble; publishing asks again.
                logger.warning(
                    "heartbeat failed",
                    metadata: ["job.id": "\(job.id)", "error": "\(error.operatorText)"])
            }
        }
    }

    // MARK: Ending

    private func settle(_ job: Job, token: Int64, _ result: AttemptResult) async {
        let stopped = running[job.id]?.stop
        // Whatever else was wanted: after a failed sync this process must end non-zero.
        if case .syncFailed(let failure) = result { fatal = failure }
        switch (result, stopped) {
        case (_, .leaseLost):
            logger.warning("lease lost", metadata: ["job.id": "\(job.id)"])
        case (.published(let publication, let cpu), _):
            // Before its end: whoever is told of that finds the item in the portfolio.
            await show(job)
            await record(job) { [store, now] () async throws(JobStoreError) in
                try await store.completePublishing(
                    publication, jobID: job.id, token: token, cpuSeconds: cpu, at: now())
            }
        case (_, .operatorCancelled):
            await finish(job, token, .cancelled, cpu: nil)
        case (_, .stopping):
            await finish(job, token, .interrupted, cpu: nil)
        case (.failed(let failure, let cpu), nil):
            await finish(job, token, .failed(failure, jitter: jitter()), cpu: cpu)
        case (.infrastructureFailed(let failure), nil):
            await finish(job, token, .infrastructureFailed(failure), cpu: nil)
        case (.syncFailed(let failure), nil):
            await finish(job, token, .infrastructureFailed(failure), cpu: nil)
        }
    }

    /// In the portfolio of the member it belongs to. What cannot be written now is written later:
    /// the item is published all the same.
    private func show(_ job: Job) async {
        guard let owner = job.upload.sidecar.owner.flatMap({ OwnerName($0) }) else { return }
        do {
            try await portfolios.refresh(owner, published: job.itemID)
        } catch let error as StorageError where error.code == .syncFailed {
            fatal = error.failure
        } catch {
            portfolios.remember(owner)
            logger.warning(
                "cannot write a portfolio", metadata: ["owner": "\(owner)", "error": "\(error)"])
        }
    }

    private func finish(_ job: Job, _ token: Int64, _ end: AttemptEnd, cpu: Double?) async {
        await record(job) { [store, now] () async throws(JobStoreError) in
            try await store.finish(
                jobID: job.id, token: token, end, cpuSeconds: cpu, at: now())
        }
    }

    /// Writes an end to the store, again and again while the store is in trouble: the outcome of
    /// hours of work is worth waiting for. What is not written when the process ends is found by
    /// the rescuer of the next one.
    private func record(
        _ job: Job, _ write: @Sendable () async throws(JobStoreError) -> Transition
    ) async {
        while true {
            do {
                #if DEBUG
                    Failpoint.settle.reach()
                #endif
                let transition = try await write()
                #if DEBUG
                    Failpoint.settled.reach()
                #endif
                log(job, transition)
                await undertaker.bury(transition)
                return
            } catch .unavailable(let why) {
                logger.error(
                    "cannot record the end of an attempt",
                    metadata: ["job.id": "\(job.id)", "error": "\(why)"])
                if isDraining { return }
                do { try await Task.sleep(for: .seconds(5)) } catch { return }
            } catch .syncFailed(let why) {
                fatal = JobStoreError.syncFailed(why).failure
                return
            } catch {
                logger.warning(
                    "the end of an attempt was not accepted",
                    metadata: ["job.id": "\(job.id)", "error": "\(error.operatorText)"])
                return
            }
        }
    }

    private func log(_ job: Job, _ transition: Transition) {
        var metadata: Logger.Metadata = [
            "item.id": "\(job.itemID)", "job.id": "\(job.id)",
            "job.state": "\(transition.job.state.rawValue)",
        ]
        if let failure = transition.job.failure {
            metadata["failure.kind"] = "\(failure.kind.rawValue)"
            metadata["failure.code"] = "\(failure.code)"
            metadata["failure.text"] = "\(failure.operatorText)"
        }
        logger.info("attempt ended", metadata: metadata)
    }

    private func stop(_ jobID: Int64, _ token: Int64? = nil, because reason: StopReason) {
        guard var entry = running[jobID], entry.stop == nil, token == nil || token == entry.token
        else { return }
        entry.stop = reason
        running[jobID] = entry
        entry.task.cancel()
    }

    /// Ends a running job that an operator cancelled; nothing when it is not running here.
    package func cancel(_ jobID: Int64) { stop(jobID, because: .operatorCancelled) }

    /// Claims nothing more and waits for what runs; after `limit` interrupts it without burning an
    /// attempt. Returns when nothing runs.
    package func drain(limit: Duration) async {
        isDraining = true
        if isFilling { await withCheckedContinuation { filled = $0 } }
        let patience = Task {
            do { try await Task.sleep(for: limit) } catch { return }
            self.interruptAll()
        }
        while let task = running.values.first?.task { await task.value }
        patience.cancel()
        wake.yield()
        wake.finish()
    }

    private func interruptAll() {
        for id in running.keys { stop(id, because: .stopping) }
    }
}
