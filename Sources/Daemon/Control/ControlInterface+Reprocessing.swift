import ControlAPI
import FoundationEssentials
import Hummingbird
import JobQueue
import MediaModel
import Pipeline
import Planning

extension ControlInterface {
    func reprocess(_ request: ControlRequest) async throws -> Response {
        try request.allowQuery()
        let record = try await record(request)
        let wanted = try await request.body(
            ReprocessRequest.self, keys: ["recipe", "force", "dryRun"], empty: ReprocessRequest())
        let result = try await reprocess(record, wanted)
        return try .json(result, status: result.outcome == .queued ? 201 : 200)
    }

    /// One page of what a filter selects. An item that cannot be processed now is a result and does
    /// not end the page.
    func reprocessMany(_ request: ControlRequest) async throws -> Response {
        try request.allowQuery()
        let wanted = try await request.body(
            BulkReprocessRequest.self, keys: BulkReprocessRequest.keys)
        let (filter, options) = (wanted.filter, wanted.options)
        guard options.all == true || filter != ReprocessFilter() else {
            throw Problem(
                .unusableInput, "nothing says which items are meant",
                hint: "name a filter, or set `all` to true")
        }
        let limit = options.limit ?? 100
        guard (1...1000).contains(limit) else {
            throw Problem(
                .badRequest, "limit: found \(limit), expected a whole number from 1 to 1000")
        }
        let cursor = try options.cursor.map { text throws(Problem) in
            guard let cursor = PageCursor(text) else {
                throw Problem(
                    .badRequest, "cursor: found `\(text)`, expected the `next` of an earlier page")
            }
            return cursor
        }
        // Once for all, not item by item.
        if let recipe = options.with { _ = try daemon.recipes.recipe(named: recipe) }
        let page = try await daemon.store.items(
            ItemFilter(
                state: filter.state.flatMap { ItemState(rawValue: $0.rawValue) },
                kind: filter.kind, since: filter.since),
            after: cursor, limit: limit)
        let each = ReprocessRequest(
            recipe: options.with, force: options.force, dryRun: options.dryRun)
        var results: [ReprocessResult] = []
        for record in page.elements {
            if let result = try await reprocess(record, each, if: filter) {
                results.append(result)
            }
        }
        return try .json(
            BulkReprocessResult(
                results: results, examined: page.elements.count, next: page.next?.description))
    }

    /// nil when the filter does not select it.
    private func reprocess(
        _ record: ItemRecord, _ wanted: ReprocessRequest, if filter: ReprocessFilter
    ) async throws -> ReprocessResult? {
        do {
            guard try await daemon.reprocessing.selects(filter, record) else { return nil }
            if wanted.force != true, let why = try await daemon.reprocessing.whyStillPoison(record)
            {
                return skipped(record, why)
            }
            return try await reprocess(record, wanted)
        } catch let problem as Problem where problem.kind == .conflict {
            return skipped(record, problem.detail)
        } catch let failure as Failure {
            return skipped(record, failure.operatorText)
        } catch let error as JobStoreError {
            guard case .itemConflict = error else { throw error }
            return skipped(record, error.operatorText)
        }
    }

    private func skipped(_ record: ItemRecord, _ reason: String) -> ReprocessResult {
        ReprocessResult(
            outcome: .skipped, item: record.id, job: nil, plan: nil, reason: reason)
    }

    private func reprocess(
        _ record: ItemRecord, _ wanted: ReprocessRequest
    ) async throws -> ReprocessResult {
        let force = wanted.force ?? false
        if wanted.dryRun == true {
            let plan = try await plan(record, recipe: wanted.recipe, isAnew: force)
            return ReprocessResult(outcome: .dryRun, item: record.id, job: nil, plan: plan)
        }
        try refuseWhileStopping()
        switch try await daemon.reprocessing.reprocess(
            record, recipe: wanted.recipe, force: force)
        {
        case .accepted(let job), .existing(let job):
            return ReprocessResult(of: record.id, by: job)
        case .busy(let job):
            throw Problem(
                .conflict, "job \(job.id) of item \(record.id) has not ended yet",
                hint: "wait for it, or vitrinectl job cancel \(job.id)")
        case .conflict(let other):
            throw Problem(.conflict, "the id \(other.id) belongs to other bytes")
        }
    }

    func plan(
        _ record: ItemRecord, recipe: String?, isAnew: Bool
    ) async throws -> PlanDocument {
        guard let upload = record.upload else {
            throw Problem(
                .conflict, "item \(record.id) was refused before it was accepted: there is no plan",
                hint: record.failure?.operatorText)
        }
        let found = try await daemon.examine(upload, recipe ?? record.recipe, isAnew)
        return PlanDocument(
            found, item: record.id,
            experience: try await daemon.store.experience(of: found.plan.kind))
    }
}

extension ReprocessResult {
    /// A live job is what was asked for, whoever made it; one that has ended found nothing to do.
    init(of item: ItemID, by job: Job) {
        self.init(
            outcome: job.state.isLive ? .queued : .unchanged, item: item, job: job.id, plan: nil)
    }
}
