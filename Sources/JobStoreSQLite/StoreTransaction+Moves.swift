import Failpoints
import GRDB
import JobQueue
import MediaModel

extension StoreTransaction {
    /// Moves a job and does the store's share of the actions, all in this transaction.
    @discardableResult
    func move(
        _ job: Job, _ event: JobEvent, by machine: JobStateMachine, cpuSeconds: Double? = nil,
        at now: Timestamp
    ) throws -> Transition {
        let transition = try machine.apply(event, to: job, at: now)
        let moved = transition.job
        try update(moved)
        var payload = EventPayload()
        payload.state = moved.state
        payload.attempt = moved.attempts.total > 0 ? Int64(moved.attempts.total) : nil
        for action in transition.actions {
            switch action {
            case .endAttempt(let outcome, let failure):
                payload.outcome = outcome
                payload.failure = failure
                try endAttempt(
                    jobID: job.id, number: job.attempts.total, outcome, failure,
                    cpuSeconds: cpuSeconds, at: now)
            case .updateItem(let state, let failure):
                payload.failure = failure ?? payload.failure
                try setState(state, failure, of: job.itemID, at: now)
            case .appendEvent(let type):
                payload.generation = moved.resultGeneration
                payload.until = moved.state == .retryable ? moved.runAfter : nil
                try append(type, item: job.itemID, job: job.id, payload, at: now)
            case .schedule, .stopWorker, .quarantine:
                // For the caller, once this is durable.
                break
            }
        }
        return transition
    }

    /// What is published stays published: see `ItemState`.
    private func setState(
        _ state: ItemState, _ failure: Failure?, of id: ItemID, at now: Timestamp
    ) throws {
        try execute(
            """
            UPDATE item SET state = CASE WHEN generation > 0 THEN state ELSE ? END, failure = ?,
                isQuarantined = 0, updatedAt = ?
            WHERE id = ?
            """,
            [
                state.rawValue, try failure.map(jsonText), now.millisecondsSince1970, id.rawValue,
            ])
    }

    /// The job, if the caller's lease is its newest.
    func leasedJob(_ id: Int64, token: Int64) throws -> Job {
        guard let job = try job(id) else { throw JobStoreError.jobNotFound(id) }
        #if DEBUG
            if SeededBug.fencingForgotten.isOn, job.state == .running { return job }
        #endif
        guard job.state == .running, job.lease?.token == token else {
            throw JobStoreError.staleLease(jobID: id)
        }
        return job
    }

    func pause() throws -> QueuePause? {
        try row("SELECT since, until FROM pause WHERE id = 1", []).map {
            QueuePause(since: $0.time("since"), until: $0.optionalTime("until"))
        }
    }
}
