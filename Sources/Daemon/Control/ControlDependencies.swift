package import ControlAPI
package import FoundationEssentials
package import Intake
package import JobQueue
package import Logging
package import MediaModel
package import Pipeline
package import WorkerProtocol

/// What the control interface needs of the daemon: the store, and a function for each thing that
/// another part does. So the whole interface runs in a test beside a store in memory.
package struct ControlDependencies: Sendable {
    package var store: any JobStore
    package var health: DaemonHealth
    package var now: @Sendable () -> Timestamp
    package var logger: Logger
    /// Ends the worker of a running job.
    package var stopWorker: @Sendable (_ jobID: Int64) async -> Void
    /// Probes an upload, plans it and holds that against what is published; nil = its own recipe.
    package var examine:
        @Sendable (Upload, _ recipe: String?, _ isAnew: Bool) async throws -> Examination
    package var reprocessing: Reprocessing
    package var storage: StorageKeeping
    package var erasure: OwnerErasure
    /// Takes in a local file.
    package var add: @Sendable (AddRequest) async throws -> (Upload, OfferAnswer)
    /// The visible manifest's bytes.
    package var manifest: @Sendable (ItemID) async throws -> Data?
    package var workers: @Sendable () async -> StatusDocument.Workers
    /// What the newest worker said of itself; nil until one has started.
    package var sandbox: @Sendable () async -> Readiness?
    package var intake: @Sendable () async -> IntakeStatus
    package var freeStorageBytes: @Sendable () -> Int64?
    /// Why storage cannot be used; nil when it is where it was opened.
    package var storageDetail: @Sendable () async -> String?
    package var doctor: @Sendable () async -> DoctorReport
    /// Of the pipeline, since the start.
    package var totals: @Sendable () -> PipelineTotals
    package var disks: @Sendable () -> [DiskSpace]
    package var configuration: ConfigurationReloader
    /// Reads the configuration again; throws `ConfigurationError`.
    package var reload: @Sendable () async throws -> ConfigurationReport
    package var recipes: RecipeBook
    package var access: PeerAccess
    package var storagePath: String
    package var inboxPath: String

    package init(
        store: any JobStore, health: DaemonHealth, now: @escaping @Sendable () -> Timestamp,
        logger: Logger, stopWorker: @escaping @Sendable (Int64) async -> Void,
        examine: @escaping @Sendable (Upload, String?, Bool) async throws -> Examination,
        reprocessing: Reprocessing, storage: StorageKeeping, erasure: OwnerErasure,
        add: @escaping @Sendable (AddRequest) async throws -> (Upload, OfferAnswer),
        manifest: @escaping @Sendable (ItemID) async throws -> Data?,
        workers: @escaping @Sendable () async -> StatusDocument.Workers,
        sandbox: @escaping @Sendable () async -> Readiness?,
        intake: @escaping @Sendable () async -> IntakeStatus,
        freeStorageBytes: @escaping @Sendable () -> Int64?,
        storageDetail: @escaping @Sendable () async -> String?,
        doctor: @escaping @Sendable () async -> DoctorReport,
        totals: @escaping @Sendable () -> PipelineTotals,
        disks: @escaping @Sendable () -> [DiskSpace], configuration: ConfigurationReloader,
        reload: @escaping @Sendable () async throws -> ConfigurationReport, recipes: RecipeBook,
        access: PeerAccess, storagePath: String,
        inboxPath: String
    ) {
        self.store = store
        self.health = health
        self.now = now
        self.logger = logger
        self.stopWorker = stopWorker
        self.examine = examine
        self.reprocessing = reprocessing
        self.storage = storage
        self.erasure = erasure
        self.add = add
        self.manifest = manifest
        self.workers = workers
        self.sandbox = sandbox
        self.intake = intake
        self.freeStorageBytes = freeStorageBytes
        self.storageDetail = storageDetail
        self.doctor = doctor
        self.totals = totals
        self.disks = disks
        self.configuration = configuration
        self.reload = reload
        self.recipes = recipes
        self.access = access
        self.storagePath = storagePath
        self.inboxPath = inboxPath
    }
}
