import ControlAPI
import Hummingbird
import JobQueue
import MediaModel

extension ControlInterface {
    func jobs(_ request: ControlRequest) async throws -> Response {
        try request.allowQuery("state", "item", "cursor", "limit")
        let filter = JobFilter(
            state: try request.choice("state", JobState.self),
            itemID: try request.query("item", "an item's id") { ItemID($0) })
        let page = try await daemon.store.jobs(
            filter, after: try cursor(request), limit: try request.limit())
        return try .json(
            JobPage(jobs: page.elements.map { JobDocument($0) }, next: page.next?.description))
    }

    func job(_ request: ControlRequest) async throws -> Response {
        try request.allowQuery()
        let id = try request.jobID()
        guard let job = try await daemon.store.job(id) else { throw JobStoreError.jobNotFound(id) }
        return try .json(try await detail(job))
    }

    func order(_ instruction: JobInstruction, _ request: ControlRequest) async throws -> Response {
        try request.allowQuery()
        let id = try request.jobID()
        let now = daemon.now()
        let transition =
            switch instruction {
            case .retry: try await daemon.store.retry(jobID: id, at: now)
            case .cancel: try await daemon.store.requestCancel(jobID: id, at: now)
            case .hold: try await daemon.store.hold(jobID: id, at: now)
            case .release: try await daemon.store.release(jobID: id, at: now)
            }
        if transition.actions.contains(.stopWorker) { await daemon.stopWorker(id) }
        return try .json(try await detail(transition.job))
    }

    func pause(_ request: ControlRequest) async throws -> Response {
        try request.allowQuery()
        let wanted = try await request.body(
            PauseRequest.self, keys: ["seconds"], empty: PauseRequest(seconds: nil))
        if let seconds = wanted.seconds, !(1...31_536_000).contains(seconds) {
            throw Problem(.badRequest, "seconds: found \(seconds), expected 1 to 31536000")
        }
        let now = daemon.now()
        let until = wanted.seconds.map { now.advanced(by: .seconds($0)) }
        try await daemon.store.pause(until: until, at: now)
        return try .json(QueueState(paused: true, pausedUntil: until))
    }

    func resume(_ request: ControlRequest) async throws -> Response {
        try request.allowQuery()
        try await daemon.store.resume(at: daemon.now())
        return try .json(QueueState(paused: false, pausedUntil: nil))
    }

    func detail(_ job: Job) async throws(JobStoreError) -> JobDetail {
        let attempts = try await daemon.store.attempts(jobID: job.id)
        return JobDetail(
            job: JobDocument(job), attemptList: attempts.map { AttemptDocument($0) })
    }
}
