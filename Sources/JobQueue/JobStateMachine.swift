package import MediaModel

/// The legal moves of a job. Pure: time and randomness come in, actions go out.
package struct JobStateMachine: Sendable {
    package var policy: RetryPolicy

    package init(policy: RetryPolicy = RetryPolicy()) {
        self.policy = policy
    }

    package func apply(
        _ event: JobEvent, to job: Job, at now: Timestamp
    ) throws(IllegalTransition) -> Transition {
        var move = Move(job: job, now: now)
        switch (job.state, event) {
        case (.available, .claimed(let holder, let duration)):
            move.claim(holder: holder, duration: duration)
        case (.running, .leaseRenewed(let duration, let progress)):
            move.renew(for: duration, progress: progress)
        case (.running, .attemptEnded(let end)):
            try move.end(end, policy: policy)
        case (.running, .abandoned):
            move.abandon(limit: policy.abandonedLimit)
        case (.running, .cancelRequested):
            move.job.cancelRequested = true
            move.actions = [.appendEvent(.jobCancelRequested), .stopWorker]
        case (.available, .cancelRequested), (.retryable, .cancelRequested),
            (.held, .cancelRequested):
            move.cancel()
        case (.discarded, .retryRequested), (.cancelled, .retryRequested),
            (.retryable, .retryRequested):
            move.job.attempts.forgive()
            move.job.cancelRequested = false
            move.makeAvailable(.jobRetried)
            move.actions.append(.updateItem(.received, nil))
        case (.available, .held), (.retryable, .held):
            move.job.state = .held
            move.actions = [.appendEvent(.jobHeld)]
        case (.held, .released):
            move.makeAvailable(.jobReleased)
        case (.retryable, .due) where job.runAfter <= now:
            move.job.state = .available
        default:
            throw IllegalTransition(jobID: job.id, state: job.state, event: event.name)
        }
        move.job.updatedAt = now
        return Transition(job: move.job, actions: move.actions)
    }
}

/// One move in the making.
private struct Move {
    var job: Job
    let now: Timestamp
    var actions: [JobAction] = []

    mutating func claim(holder: String, duration: Duration) {
        job.attempts.total += 1
        job.state = .running
        job.progress = nil
        job.lease = Lease(
            holder: holder, token: Int64(job.attempts.total),
            expiresAt: now.advanced(by: duration))
        actions = [.updateItem(.processing, nil), .appendEvent(.jobStarted)]
    }

    mutating func renew(for duration: Duration, progress: JobProgress?) {
        job.lease?.expiresAt = now.advanced(by: duration)
        guard let progress else { return }
        job.progress = progress
        let percent = Int(progress.fraction * 100)
        if percent > job.furthestPercent {
            job.furthestPercent = percent
            job.attempts.abandoned = 0
        }
    }

    mutating func end(_ end: AttemptEnd, policy: RetryPolicy) throws(IllegalTransition) {
        switch end {
        case .completed(let generation):
            // Also when a cancel came meanwhile: what is published is published.
            leave(.completed, outcome: .completed, nil)
            job.failure = nil
            job.resultGeneration = generation
            job.cancelRequested = false
            actions.append(.appendEvent(.jobCompleted))
        case .failed(let failure, let jitter):
            fail(failure, jitter: jitter, policy: policy)
        case .infrastructureFailed(let failure):
            guard !job.cancelRequested else { return cancelOpen(.interrupted, failure) }
            leave(.retryable, outcome: .interrupted, failure)
            job.failure = failure
            job.runAfter = now.advanced(by: policy.infrastructureDelay)
            actions += [.appendEvent(.jobRetryScheduled), .schedule(at: job.runAfter)]
        case .interrupted:
            guard !job.cancelRequested else { return cancelOpen(.interrupted, nil) }
            leave(.available, outcome: .interrupted, nil)
            job.runAfter = now
            actions.append(.appendEvent(.jobInterrupted))
        case .cancelled:
            guard job.cancelRequested else {
                throw IllegalTransition(
                    jobID: job.id, state: job.state, event: "cancelled without a request")
            }
            cancelOpen(.cancelled, nil)
        }
    }

    private mutating func fail(_ failure: Failure, jitter: Double, policy: RetryPolicy) {
        let outcome: Attempt.Outcome = failure.kind == .crashed ? .crashed : .failed
        guard !job.cancelRequested else { return cancelOpen(outcome, failure) }
        switch RetryPolicy.classify(failure.kind) {
        case .never: break
        case .crash: job.attempts.crashed += 1
        case .transient: job.attempts.transient += 1
        }
        switch policy.decide(failure.kind, counts: job.attempts, jitter: jitter) {
        case .discard:
            leave(.discarded, outcome: outcome, failure)
            discard(failure)
        case .retry(let delay):
            leave(.retryable, outcome: outcome, failure)
            job.failure = failure
            job.runAfter = now.advanced(by: delay)
            actions += [.appendEvent(.jobRetryScheduled), .schedule(at: job.runAfter)]
        }
    }

    mutating func abandon(limit: Int) {
        guard !job.cancelRequested else { return cancelOpen(.abandoned, nil) }
        job.attempts.abandoned += 1
        guard job.attempts.abandoned >= limit else {
            leave(.available, outcome: .abandoned, nil)
            job.runAfter = now
            actions.append(.appendEvent(.jobAbandoned))
            return
        }
        let failure = Failure(
            kind: .crashed, code: "abandonedTooOften",
            operatorText: "the daemon died \(limit) times while it processed this upload; "
                + "it got no further than \(job.furthestPercent) %",
            uploaderText: "This file could not be processed.")
        leave(.discarded, outcome: .abandoned, failure)
        discard(failure)
    }

    /// Ends the open attempt of a job that is to be cancelled.
    private mutating func cancelOpen(_ outcome: Attempt.Outcome, _ failure: Failure?) {
        leave(.cancelled, outcome: outcome, failure)
        cancel()
    }

    mutating func cancel() {
        job.state = .cancelled
        job.cancelRequested = false
        actions += [.updateItem(.cancelled, nil), .appendEvent(.jobCancelled)]
    }

    mutating func makeAvailable(_ event: EventType) {
        job.state = .available
        job.runAfter = now
        actions = [.appendEvent(event)]
    }

    private mutating func discard(_ failure: Failure) {
        job.failure = failure
        actions += [.updateItem(.failed, failure), .appendEvent(.jobDiscarded)]
        // An item that is already published keeps its original: its manifest speaks of it.
        if job.priorGeneration == 0 { actions.append(.quarantine(failure)) }
    }

    private mutating func leave(
        _ state: JobState, outcome: Attempt.Outcome, _ failure: Failure?
    ) {
        job.state = state
        job.lease = nil
        job.progress = nil
        actions.append(.endAttempt(outcome, failure))
    }
}

extension JobEvent {
    fileprivate var name: String {
        switch self {
        case .claimed: "claim"
        case .leaseRenewed: "heartbeat"
        case .attemptEnded: "end of an attempt"
        case .abandoned: "rescue"
        case .cancelRequested: "cancel"
        case .retryRequested: "retry"
        case .held: "hold"
        case .released: "release"
        case .due: "end of the back-off"
        }
    }
}
