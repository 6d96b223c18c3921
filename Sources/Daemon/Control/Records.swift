package import ControlAPI
package import JobQueue
import MediaModel

// The store's records as the documents of the control interface.

extension Item {
    /// - Parameter storagePath: the storage's root, absolute.
    package init(_ record: ItemRecord, storagePath: String) {
        guard let state = State(rawValue: record.state.rawValue) else {
            preconditionFailure("the control interface knows every state of an item")
        }
        self.init(
            id: record.id, kind: record.kind, state: state, generation: record.generation,
            fileName: record.fileName, recipe: record.recipe, receivedAt: record.receivedAt,
            manifest: record.manifestPath.map { "\(storagePath)/\($0)" },
            reason: record.failure.map { Reason($0) })
    }
}

extension ItemDetail {
    package init(_ record: ItemRecord, jobs: [JobDetail], storagePath: String) {
        self.init(
            item: Item(record, storagePath: storagePath), byteCount: record.byteCount,
            sha256: record.sha256, owner: record.owner, updatedAt: record.updatedAt,
            manifestPath: record.manifestPath, isQuarantined: record.isQuarantined, jobs: jobs)
    }
}

extension JobDocument {
    package init(_ job: Job) {
        guard let state = State(rawValue: job.state.rawValue) else {
            preconditionFailure("the control interface knows every state of a job")
        }
        self.init(
            id: job.id, item: job.itemID, fileName: job.upload.fileName, state: state,
            recipe: job.recipe, lane: job.lane.rawValue, priority: job.priority,
            createdAt: job.createdAt, updatedAt: job.updatedAt, runAfter: job.runAfter,
            attempts: Attempts(total: job.attempts.total, counted: job.attempts.counted),
            progress: job.progress.map {
                Progress(
                    stage: $0.stage, fraction: $0.fraction,
                    remainingSeconds: $0.remainingSeconds, waitingFor: $0.waitingFor)
            },
            cancelRequested: job.cancelRequested, generation: job.resultGeneration,
            reason: job.failure.map { Reason($0) })
    }
}

extension AttemptDocument {
    package init(_ attempt: Attempt) {
        self.init(
            number: attempt.number, startedAt: attempt.startedAt, endedAt: attempt.endedAt,
            outcome: attempt.outcome?.rawValue, reason: attempt.failure.map { Reason($0) },
            workerPID: attempt.workerPID, cpuSeconds: attempt.cpuSeconds)
    }
}

extension EventDocument {
    package init(_ event: EventRecord) {
        self.init(sequence: event.sequence, time: event.time, type: event.type.rawValue)
        item = event.itemID
        job = event.jobID
        state = event.payload.state?.rawValue
        fileName = event.payload.fileName
        recipe = event.payload.recipe
        lane = event.payload.lane?.rawValue
        attempt = event.payload.attempt
        outcome = event.payload.outcome?.rawValue
        reason = event.payload.failure.map { Reason($0) }
        generation = event.payload.generation
        until = event.payload.until
        redacted = event.payload.redacted
    }
}
