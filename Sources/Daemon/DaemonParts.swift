import CLinux
import ControlAPI
import Foundation
import Intake
import JobQueue
import JobStoreSQLite
import Logging
import MediaModel
import Pipeline
import Planning
import Storage
import WorkerProtocol

/// Everything the daemon is made of, opened and wired, in the order in which it has to happen.
struct DaemonParts: Sendable {
    let lock: StateLock
    let store: SQLiteJobStore
    let originals: OriginalStore
    let quarantine: Quarantine
    let derivatives: LocalDerivativeStore
    let pool: WorkerPool
    /// Whether workers have control groups of their own.
    let groups: WorkerGroups.Finding
    let resources: ResourceDesk
    let runner: JobRunner
    let acceptor: UploadAcceptor
    let portfolios: PortfolioKeeper
    let quotas: QuotaBook
    let limits: LimitBook
    let scheduler: Scheduler
    let rescuer: Rescuer
    let cleaner: Cleaner
    let intake: IntakeService
    let reprocessing: Reprocessing
    let storage: StorageKeeping
    let erasure: OwnerErasure
    let doctor: Doctor
    let meter = PipelineMeter()
    let workerExecutable: String

    /// Blocks while the store is opened: called once, before anything else runs.
    init(
        _ configuration: Configuration, recipes: RecipeBook, health: DaemonHealth,
        environment: [String: String], logger: Logger, now: @escaping @Sendable () -> Timestamp
    ) throws {
        try Directories.prepare(configuration)
        let state = configuration.state.path
        lock = try StateLock(directory: state)
        workerExecutable = try WorkerExecutable.find(environment: environment)
        let catalogue = "\(state)/vitrine.sqlite"
        let isInDoubt = try DiskFailureMark.read(in: state) != nil
        if isInDoubt {
            // SQLite then finds out by itself what of its log is whole.
            for file in [catalogue, "\(catalogue)-wal"] { PageCache.drop(path: file) }
        }
        store = try SQLiteJobStore(path: catalogue, checkIntegrity: isInDoubt)
        if let copy = store.migrationCopy {
            logger.notice(
                "the catalogue was copied before its tables were changed",
                metadata: ["copy.path": "\(copy)"])
        }
        originals = try OriginalStore(path: configuration.originals.path)
        quarantine = try Quarantine(path: configuration.quarantine.path)
        derivatives = try LocalDerivativeStore(path: configuration.storage.path)
        let scratch = try Directory(path: "\(state)/scratch", creating: 0o700)

        let slots = WorkerCount.slots(configuration.workers.count)
        let holder = Self.holder()
        // Behind the lock: another daemon's groups are not left over.
        groups = WorkerGroups.find()
        groups.log(to: logger)
        limits = LimitBook(configuration.limits)
        pool = WorkerPool(
            executable: workerExecutable,
            forks: configuration.workers.spare,
            limits: limits,
            requiresSandbox: configuration.sandbox == .required, groups: groups.active,
            logger: logger)
        resources = ResourceDesk(memory: configuration.workers.memory) {
            [work = BlockingWork(label: "vitrine.machine")] memory in
            await work.run { MachineRoom(memory: memory, scratch: scratch) }
        }
        runner = JobRunner(
            engine: pool, resources: resources, originals: originals, derivatives: derivatives,
            scratch: scratch,
            recipes: recipes, limits: limits, cores: WorkerCount.coresPerWorker(slots: slots),
            version: VitrineVersion.current, now: now)
        quotas = QuotaBook(configuration.members.quotas)
        acceptor = UploadAcceptor(store: store, recipes: recipes, quotas: quotas, now: now)
        let undertaker = Undertaker(
            store: store, originals: originals, quarantine: quarantine, logger: logger, now: now)
        portfolios = PortfolioKeeper(store: store, derivatives: derivatives, now: now)
        scheduler = Scheduler(
            store: store, runner: runner, undertaker: undertaker, portfolios: portfolios,
            quotas: quotas, meter: meter,
            settings: .init(slots: slots, holder: holder), logger: logger, now: now,
            jitter: { Double.random(in: 0...1) },
            // Between what jobs have left there are pages that nobody uses.
            whenIdle: { clinux_trim_memory() })
        rescuer = Rescuer(
            store: store, undertaker: undertaker, holder: holder, logger: logger, now: now)
        cleaner = Cleaner(
            scratch: scratch, derivatives: derivatives, originals: originals,
            quarantine: quarantine, logger: logger)
        intake = try IntakeService(
            configuration: IntakeConfiguration(configuration), originals: originals,
            quarantine: quarantine,
            sink: .queue(store: store, acceptor: acceptor, health: health, now: now),
            logger: logger, now: now)
        let reprocessing = Reprocessing(
            store: store, acceptor: acceptor, recipes: recipes,
            reviser: Reviser(derivatives: derivatives),
            tools: { [pool] in Toolchain(await pool.lastReadiness?.versions ?? [:]) },
            version: VitrineVersion.current)
        self.reprocessing = reprocessing
        storage = StorageKeeping(
            store: store, derivatives: derivatives, originals: originals, quarantine: quarantine,
            reprocessing: reprocessing, portfolios: portfolios, grace: configuration.storage.grace,
            generations: configuration.storage.generations, now: now)
        erasure = OwnerErasure(
            store: store, derivatives: derivatives, quarantine: quarantine, storage: storage,
            portfolios: portfolios,
            stopWorker: { [scheduler] in await scheduler.cancel($0) }, logger: logger, now: now)
        doctor = Doctor(
            configuration: configuration, recipeBook: recipes,
            workerExecutable: workerExecutable, groups: groups, store: store,
            derivatives: derivatives, intake: intake, limits: limits, logger: logger, now: now)
    }

    /// Unique per start: a lease of an earlier life is nobody's.
    private static func holder() -> String {
        let host = ProcessInfo.processInfo.hostName
        let number = String(UInt64.random(in: 0...UInt64.max), radix: 36)
        return "\(host)-\(ProcessInfo.processInfo.processIdentifier)-\(number)"
    }
}

/// How many workers there are and how much of the machine each may use.
enum WorkerCount {
    /// One per two cores: the transcode of a film keeps two busy.
    static func slots(_ configured: Int?) -> Int {
        configured ?? max(1, ProcessInfo.processInfo.activeProcessorCount / 2)
    }

    static func coresPerWorker(slots: Int) -> Int {
        max(1, ProcessInfo.processInfo.activeProcessorCount / slots)
    }
}

extension IntakeConfiguration {
    init(_ configuration: Configuration) {
        let inbox = configuration.inbox
        self.init(inboxPath: inbox.path, claimedPath: "\(configuration.state.path)/claimed")
        settle = inbox.settle
        sidecarWait = inbox.sidecarWait
        rescanInterval = inbox.rescan
        isPolling = inbox.polling == .on
        pollInterval = inbox.pollingInterval
        maximumByteCount = configuration.limits.sourceBytes
        if let bytes = inbox.minimumFree {
            minimumFreeFraction = 0
            minimumFreeBytes = UInt64(bytes)
        }
    }
}
