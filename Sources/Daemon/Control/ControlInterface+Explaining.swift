import ControlAPI
import FoundationEssentials
import Hummingbird
import JobQueue
import MediaModel

extension ControlInterface {
    func explain(_ request: ControlRequest) async throws -> Response {
        try request.allowQuery()
        let record = try await record(request)
        let manifest = try await daemon.manifest(record.id).map {
            try ControlCoding.decode(Manifest.self, from: $0)
        }
        return try .json(
            ExplainDocument(
                item: Item(record, storagePath: daemon.storagePath), source: manifest?.source,
                decisions: manifest?.provenance.decisions ?? [],
                derivatives: manifest.map(Self.entries) ?? [],
                omitted: manifest?.provenance.omitted ?? [],
                warnings: manifest?.warnings ?? [], made: manifest?.provenance,
                jobs: try await details(of: record)))
    }

    private static func entries(_ manifest: Manifest) -> [ExplainDocument.Entry] {
        manifest.derivatives.map { derivative in
            let description = derivative.description
            return ExplainDocument.Entry(
                name: description.name, role: description.role, path: derivative.path,
                mediaType: description.mediaType, byteCount: derivative.artifact.byteCount,
                generation: derivative.generation, reason: description.reason,
                settings: manifest.provenance.settings[description.name],
                quality: description.quality)
        }
    }

    func timeline(_ request: ControlRequest) async throws -> Response {
        try request.allowQuery()
        let id = try request.jobID()
        guard let job = try await daemon.store.job(id) else { throw JobStoreError.jobNotFound(id) }
        let attempts = try await daemon.store.attempts(jobID: id)
        var entries = [
            JobTimeline.Entry(
                at: job.createdAt, kind: "created",
                text: "in the lane \(job.lane.rawValue), by the recipe \(job.recipe)")
        ]
        var before = job.createdAt
        for attempt in attempts {
            entries.append(
                JobTimeline.Entry(
                    at: before, kind: "waits", text: "for a worker",
                    seconds: attempt.startedAt.duration(since: before) / .seconds(1)))
            entries.append(
                JobTimeline.Entry(
                    at: attempt.startedAt, kind: "started", text: "attempt \(attempt.number)"))
            if attempt.outcome == .completed { entries += try await stages(of: job) }
            guard let end = attempt.endedAt else { continue }
            entries.append(Self.ended(attempt, at: end))
            before = end
        }
        return try .json(JobTimeline(job: JobDocument(job), entries: entries))
    }

    private static func ended(_ attempt: Attempt, at end: Timestamp) -> JobTimeline.Entry {
        var text = attempt.outcome?.rawValue ?? "ended"
        if let cpu = attempt.cpuSeconds { text += ", CPU \((cpu * 10).rounded() / 10) s" }
        if let failure = attempt.failure { text += ": \(failure.operatorText)" }
        return JobTimeline.Entry(
            at: end, kind: "ended", text: text,
            seconds: end.duration(since: attempt.startedAt) / .seconds(1))
    }

    /// Parts of the attempt that published, while its generation is kept.
    private func stages(of job: Job) async throws -> [JobTimeline.Entry] {
        guard let generation = job.resultGeneration, generation > job.priorGeneration,
            let manifest = try await daemon.storage.manifest(of: job.itemID, generation)
        else { return [] }
        return manifest.provenance.stages.map { stage in
            JobTimeline.Entry(
                at: stage.startedAt, kind: "stage", text: stage.name, seconds: stage.seconds)
        }
    }
}
