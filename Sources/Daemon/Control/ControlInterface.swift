import ControlAPI
import Glibc
import Hummingbird
import Intake
import JobQueue
import MediaModel
import WorkerProtocol

/// Answers requests: one method per address, grouped by subject in extensions.
struct ControlInterface: Sendable {
    let daemon: ControlDependencies
    let eventStreams = EventStreamLimit()

    init(_ daemon: ControlDependencies) { self.daemon = daemon }

    func status(_ request: ControlRequest) async throws -> Response {
        try request.allowQuery()
        return try .json(try await statusDocument())
    }

    func statusDocument() async throws -> StatusDocument {
        let now = daemon.now()
        let queue = try await daemon.store.status(at: now)
        let intake = await daemon.intake()
        let workers = await daemon.workers()
        let sandbox = await daemon.sandbox()
        let storageDetail = await daemon.storageDetail()
        let isPaused = queue.pause?.isInForce(at: now) ?? false
        func count(_ state: JobState) -> Int { queue.jobs[state] ?? 0 }
        return StatusDocument(
            version: VitrineVersion.current,
            state: daemon.health.summary(
                isPaused: isPaused,
                isImpaired: intake.state == .paused || intake.state == .retrying
                    || storageDetail != nil),
            pid: getpid(), startedAt: daemon.health.startedAt,
            queue: .init(
                available: count(.available), running: count(.running),
                retryable: count(.retryable), held: count(.held), completed: count(.completed),
                cancelled: count(.cancelled), discarded: count(.discarded), paused: isPaused,
                pausedUntil: queue.pause?.until,
                oldestSeconds: queue.oldestAvailable.map { now.duration(since: $0) / .seconds(1) }),
            items: Dictionary(
                uniqueKeysWithValues: queue.items.map { ($0.key.rawValue, $0.value) }),
            workers: workers, sandbox: sandbox?.sandbox ?? "reduced",
            sandboxMissing: sandbox?.sandboxMissing ?? [:],
            storage: .init(
                kind: "local", path: daemon.storagePath, freeBytes: daemon.freeStorageBytes(),
                detail: storageDetail),
            intake: .init(
                path: daemon.inboxPath, state: Self.word(intake.state), detail: intake.reason))
    }

    private static func word(_ state: IntakeStatus.State) -> String {
        switch state {
        case .stopped: "stopped"
        case .watching: "accepting"
        case .paused: "paused"
        case .retrying: "retrying"
        }
    }

    func version(_ request: ControlRequest) async throws -> Response {
        try request.allowQuery()
        let workers = await daemon.workers()
        return try .json(
            VersionDocument(
                version: VitrineVersion.current, api: VitrineVersion.api,
                libraries: workers.versions))
    }

    func doctor(_ request: ControlRequest) async throws -> Response {
        try request.allowQuery()
        return try .json(await daemon.doctor())
    }

    func cursor(_ request: ControlRequest) throws(Problem) -> PageCursor? {
        try request.query("cursor", "the `next` of an earlier page") { PageCursor($0) }
    }
}
