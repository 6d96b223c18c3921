package import MediaModel

/// What can happen to a job.
package enum JobEvent: Hashable, Sendable {
    /// A scheduler takes it.
    case claimed(holder: String, leaseDuration: Duration)
    /// The holder is alive and this far.
    case leaseRenewed(for: Duration, progress: JobProgress?)
    /// The attempt ended; only the holder says so.
    case attemptEnded(AttemptEnd)
    /// The rescuer found the attempt open and its holder dead or its lease expired.
    case abandoned
    /// An operator asks to end it.
    case cancelRequested
    /// An operator asks to try again now, with the limits starting anew.
    case retryRequested
    /// An operator pauses it.
    case held
    /// An operator lets it go on.
    case released
    /// The back-off is over.
    case due
}

/// How an attempt ended, as its holder saw it.
package enum AttemptEnd: Hashable, Sendable {
    /// The manifest of this generation is published.
    case completed(generation: Int)
    /// The worker reported a failure, or died (kind `crashed`). `jitter`: a random number in 0…1
    /// for the back-off.
    case failed(Failure, jitter: Double)
    /// Storage or the store itself is down: no fault of the upload, no attempt consumed.
    case infrastructureFailed(Failure)
    /// The daemon is stopping gracefully: no attempt consumed.
    case interrupted
    /// The worker was ended because the job was cancelled.
    case cancelled
}

/// What has to be done because a job moved. The store does the first three in the transaction
/// that stores the job; its caller does the rest.
package enum JobAction: Hashable, Sendable {
    case endAttempt(Attempt.Outcome, Failure?)
    /// The item follows its job.
    case updateItem(ItemState, Failure?)
    case appendEvent(EventType)
    /// Nothing to claim before this moment.
    case schedule(at: Timestamp)
    /// End the worker, then `finish` with `.cancelled`.
    case stopWorker
    /// Move the upload to quarantine with this reason.
    case quarantine(Failure)
}

/// A job after an event, and what has to be done.
package struct Transition: Hashable, Sendable {
    package var job: Job
    package var actions: [JobAction]

    package init(job: Job, actions: [JobAction]) {
        self.job = job
        self.actions = actions
    }
}

/// The event cannot happen to a job in this state.
package struct IllegalTransition: Error, Hashable, Sendable, CustomStringConvertible {
    package var jobID: Int64
    package var state: JobState
    /// The event's name, e.g. `held`.
    package var event: String

    package init(jobID: Int64, state: JobState, event: String) {
        self.jobID = jobID
        self.state = state
        self.event = event
    }

    package var description: String {
        "job \(jobID) is \(state.rawValue): \(event) is not possible"
    }
}
