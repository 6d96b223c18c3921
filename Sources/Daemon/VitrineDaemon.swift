import CLinux
import ControlAPI
import FoundationEssentials
import Glibc
import Intake
import JobStoreSQLite
package import Logging
package import MediaModel
import Pipeline
import Planning
import ServiceLifecycle
import Storage
import WorkerProtocol

/// The daemon: opens its parts, repairs what an earlier life left behind, and runs its services
/// until it is told to stop.
package struct VitrineDaemon: Sendable {
    private let loaded: LoadedConfiguration
    private let source: ConfigurationSource
    private let environment: [String: String]
    private let threshold: LogThreshold
    private let logger: Logger
    private let now: @Sendable () -> Timestamp

    package init(
        _ loaded: LoadedConfiguration, from source: ConfigurationSource,
        environment: [String: String], threshold: LogThreshold, logger: Logger,
        now: @escaping @Sendable () -> Timestamp
    ) {
        self.loaded = loaded
        self.source = source
        self.environment = environment
        self.threshold = threshold
        self.logger = logger
        self.now = now
    }

    private var configuration: Configuration { loaded.configuration }

    /// Returns after a clean stop; throws when the daemon cannot start or must not go on.
    package func run() async throws {
        // Each worker is watched by a thread of its own, and what those had stays with their arenas:
        // with sixteen of them a daemon grows for its first ten thousand jobs.
        clinux_limit_arenas(2)
        // A client or worker that closes its end must be an error of that write, not our end.
        signal(SIGPIPE, SIG_IGN)
        ReloadSignal.ignore()
        let manager = ServiceManager(environment: environment, processID: getpid())
        let health = DaemonHealth(startedAt: now())
        let parts = try DaemonParts(
            configuration, recipes: loaded.recipes, health: health, environment: environment,
            logger: logger, now: now)
        // Before anything is begun: a daemon that cannot be steered shall not start.
        let nursery = try SocketNursery(for: configuration.control.socket)
        defer { nursery.remove() }
        logger.notice(
            "starting",
            metadata: [
                "vitrine.version": "\(VitrineVersion.current)",
                "state.path": "\(configuration.state.path)",
                "inbox.path": "\(configuration.inbox.path)",
            ])
        try await repair(parts, manager: manager)
        try await startWorkers(parts, health: health)
        do {
            try await serve(parts, at: nursery, health: health, manager: manager)
        } catch {
            markDiskFailure(error)
            throw error
        }
        try await parts.store.close()
        logger.notice("stopped")
    }

    /// For the next life, which is to look at what this one wrote.
    private func markDiskFailure(_ error: any Error) {
        let (reason, code) = Ending.explain(error)
        guard code == StartError.Code.storageFailed.rawValue else { return }
        do {
            try DiskFailureMark(failedAt: now(), reason: reason).write(in: configuration.state.path)
        } catch {
            logger.error(
                "the next start will not verify what was written: `vitrinectl storage verify` does",
                metadata: ["error": "\(error)"])
        }
    }

    /// What an earlier life left behind; nothing else runs yet.
    private func repair(_ parts: DaemonParts, manager: ServiceManager) async throws {
        manager.status("repairing what an earlier run left behind")
        await parts.cleaner.atStart()
        try await parts.rescuer.atStart()
        await parts.erasure.finishPending()
    }

    /// Without a worker there is no daemon. With one that cannot be confined there is a daemon that
    /// takes in, answers, and processes nothing.
    private func startWorkers(_ parts: DaemonParts, health: DaemonHealth) async throws {
        let readiness: Readiness
        do throws(Failure) {
            readiness = try await parts.pool.start()
        } catch {
            throw StartError(
                .cannotStart,
                "no worker can be started from \(parts.workerExecutable): \(error.operatorText)")
        }
        guard !readiness.isConfined else { return }
        let missing: Logger.Metadata = ["sandbox.missing": "\(readiness.sandboxDetail)"]
        guard configuration.sandbox == .required else {
            logger.warning("uploads are processed in a reduced sandbox", metadata: missing)
            return
        }
        logger.error(
            "no upload is processed: the sandbox cannot be set up and `sandbox: required` is set",
            metadata: missing)
        health.bar()
        await parts.scheduler.bar()
    }

    /// Services in the order of their start; they are asked to stop in the opposite order.
    private func serve(
        _ parts: DaemonParts, at nursery: SocketNursery, health: DaemonHealth,
        manager: ServiceManager
    ) async throws {
        let reloading = Reloading(
            loaded, from: source, parts: parts, threshold: threshold, manager: manager,
            health: health, logger: logger)
        let control = ControlServer(
            nursery,
            dependencies: parts.controlDependencies(
                configuration, health: health, reloading: reloading, logger: logger, now: now))
        let intake = parts.intake
        let duties: [any Service] = [
            NotifierDuty(
                manager: manager, health: health,
                turn: { [scheduler = parts.scheduler] in await scheduler.takeTurn() },
                status: { [store = parts.store, now] in try? await store.status(at: now()) }),
            FatalDuty(health: health),
            control,
            WorkerPoolDuty(pool: parts.pool),
            RescuerDuty(rescuer: parts.rescuer),
            AfterDiskFailureDuty(
                storage: parts.storage, state: configuration.state.path, logger: logger),
            PortfolioDuty(portfolios: parts.portfolios, health: health, logger: logger),
            CollectorDuty(
                storage: parts.storage, interval: configuration.storage.collect, logger: logger),
            SchedulerDuty(
                scheduler: parts.scheduler, drainLimit: configuration.workers.drain, logger: logger),
            IntakeDuty(intake: intake),
            ReadinessDuty(
                manager: manager, health: health,
                isIntakeReady: { await intake.status.state != .stopped },
                onReady: { [logger] in logger.notice("ready") }),
        ]
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .warning)
        var group = ServiceGroupConfiguration(
            services: duties.map {
                // A service ends only when it was asked to; else the daemon is not whole.
                .init(service: $0, successTerminationBehavior: .cancelGroup)
            },
            logger: quiet)
        group.maximumGracefulShutdownDuration = configuration.workers.drain + .seconds(30)
        let services = ServiceGroup(configuration: group)
        let signals = StopSignals { Task { await services.triggerGracefulShutdown() } }
        // A wrong configuration is in the log, line by line.
        let reloads = ReloadSignal { Task { _ = try? await reloading.reload() } }
        try await services.run()
        _ = (signals, reloads)
    }
}

extension DaemonParts {
    /// What the control interface may do with the parts.
    fileprivate func controlDependencies(
        _ configuration: Configuration, health: DaemonHealth, reloading: Reloading,
        logger: Logger, now: @escaping @Sendable () -> Timestamp
    ) -> ControlDependencies {
        let (pool, scheduler, runner, resources) = (pool, scheduler, runner, resources)
        let (intake, derivatives, doctor, meter) = (intake, derivatives, doctor, meter)
        let controllers = groups.active?.controllers ?? []
        let surroundings = Surroundings(
            configuration: configuration, reloader: reloading.reloader, store: store,
            intake: { await intake.status }, slots: { await scheduler.slots }, now: now)
        return ControlDependencies(
            store: store, health: health, now: now, logger: logger,
            stopWorker: { await scheduler.cancel($0) },
            // Each plan takes a worker beside those of the jobs: one at a time, whoever asks.
            examine: { [plans = OneAtATime()] upload, recipe, isAnew in
                try await plans.run {
                    try await runner.examine(upload, recipe: recipe, isAnew: isAnew)
                }
            },
            reprocessing: reprocessing,
            storage: storage, erasure: erasure,
            add: { try await LocalUpload.add($0, to: intake) },
            manifest: { try await derivatives.manifest(of: $0) },
            workers: {
                let readiness = await pool.lastReadiness
                let figures = await resources.figures
                return StatusDocument.Workers(
                    count: await scheduler.slots, running: await scheduler.runningCount,
                    waiting: figures.waiting, memoryBytes: figures.memoryBytes,
                    heldMemoryBytes: figures.heldMemoryBytes, groups: controllers,
                    spareReady: configuration.workers.spare
                        && (readiness?.isConfined ?? false || configuration.sandbox == .reduced),
                    versions: readiness?.versions ?? [:])
            },
            sandbox: { await pool.lastReadiness },
            intake: { await intake.status },
            freeStorageBytes: {
                guard let space = try? derivatives.freeSpace() else { return nil }
                return Int64(clamping: space.availableBytes)
            },
            storageDetail: {
                do throws(StorageError) {
                    try await derivatives.checkPlace()
                    return nil
                } catch {
                    return error.description
                }
            },
            doctor: {
                DoctorReport(
                    findings: await doctor.examine().findings + surroundings.examine())
            }, totals: { meter.totals },
            disks: { DiskSpace.all(of: configuration) }, configuration: reloading.reloader,
            reload: { try await reloading.reload() }, recipes: reloading.recipes,
            access: reloading.access, storagePath: configuration.storage.path,
            inboxPath: configuration.inbox.path)
    }
}
