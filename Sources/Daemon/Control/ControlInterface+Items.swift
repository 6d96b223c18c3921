import ControlAPI
import FoundationEssentials
import Hummingbird
import Intake
import JobQueue
import MediaModel

extension ControlInterface {
    /// Jobs shown with an item; the rest is found by `GET /v1/jobs?item=`.
    private static let shownJobs = 20

    func items(_ request: ControlRequest) async throws -> Response {
        try request.allowQuery("state", "kind", "owner", "cursor", "limit")
        let filter = ItemFilter(
            state: try request.choice("state", ItemState.self),
            kind: try request.choice("kind", MediaKind.self),
            owner: try request.query("owner", "a member's name") { OwnerName($0) }?.rawValue)
        let page = try await daemon.store.items(
            filter, after: try cursor(request), limit: try request.limit())
        return try .json(
            ItemPage(
                items: page.elements.map { Item($0, storagePath: daemon.storagePath) },
                next: page.next?.description))
    }

    func item(_ request: ControlRequest) async throws -> Response {
        try request.allowQuery()
        let record = try await record(request)
        return try .json(
            ItemDetail(
                record, jobs: try await details(of: record), storagePath: daemon.storagePath))
    }

    /// An item's latest jobs with their attempts.
    func details(of record: ItemRecord) async throws -> [JobDetail] {
        let jobs = try await daemon.store.jobs(
            JobFilter(itemID: record.id), after: nil, limit: Self.shownJobs)
        var details: [JobDetail] = []
        for job in jobs.elements { details.append(try await detail(job)) }
        return details
    }

    func manifest(_ request: ControlRequest) async throws -> Response {
        try request.allowQuery()
        let record = try await record(request)
        guard let bytes = try await daemon.manifest(record.id) else {
            throw Problem(
                .notFound, "item \(record.id) is \(record.state.rawValue): nothing is published",
                hint: record.failure?.operatorText)
        }
        return .json(bytes: ByteBuffer(bytes: bytes), status: 200)
    }

    func plan(_ request: ControlRequest) async throws -> Response {
        try request.allowQuery("recipe", "force")
        let record = try await record(request)
        return try .json(
            try await plan(
                record, recipe: request.query("recipe"), isAnew: try request.flag("force")))
    }

    func addItem(_ request: ControlRequest) async throws -> Response {
        try request.allowQuery()
        try refuseWhileStopping()
        let wanted = try await request.body(AddRequest.self, keys: ["path", "sidecar"])
        let (upload, answer) = try await daemon.add(wanted)
        let outcome: AddResult.Outcome =
            switch answer {
            case .accepted: .accepted
            case .existing: .existing
            case .conflict(let failure) where failure.kind == .limitExceeded:
                throw Problem(failure)
            case .conflict(let failure): throw Problem(.conflict, failure.operatorText)
            case .unavailable(let why): throw Problem(.unavailable, why, hint: "try again")
            }
        guard let record = try await daemon.store.item(upload.itemID) else {
            throw JobStoreError.itemNotFound(upload.itemID)
        }
        return try .json(
            AddResult(
                outcome: outcome, item: Item(record, storagePath: daemon.storagePath),
                job: record.jobID), status: outcome == .accepted ? 201 : 200)
    }

    func record(_ request: ControlRequest) async throws -> ItemRecord {
        let id = try request.itemID()
        guard let record = try await daemon.store.item(id) else {
            throw JobStoreError.itemNotFound(id)
        }
        return record
    }

    func refuseWhileStopping() throws(Problem) {
        guard daemon.health.isStopping else { return }
        throw Problem(
            .unavailable, "the daemon is stopping and takes nothing new",
            hint: "try again once it has started")
    }
}
