/// Where a job stands. `JobStateMachine` holds the legal moves; a `JobStore` makes them durable.
package enum JobState: String, Codable, Hashable, Sendable, CaseIterable {
    /// May be claimed now. Put here by an accepted offer, by the claim itself when a `retryable`
    /// job is due, by the rescuer or a graceful stop when an attempt ended through no fault of the
    /// upload, and by an operator (retry, release). A scheduler moves it on to `running`.
    case available

    /// One holder has the lease and an attempt is open, recorded before any native code saw the
    /// upload. Put here by a scheduler's claim. The holder moves it on when the attempt ends; the
    /// rescuer does so when the lease expires or its holder is dead.
    case running

    /// The manifest is published. Put here by the holder, in the transaction that records the
    /// generation. Final: processing the item again is a new job.
    case completed

    /// An attempt failed and another will follow after `runAfter`. Put here by the holder.
    /// Due, it becomes `available` by itself; an operator may retry it at once, hold or cancel it.
    case retryable

    /// An operator ended it. Put here by the operator while no attempt is open, else by the holder
    /// (or the rescuer) once the worker has ended. Only an operator's retry moves it on.
    case cancelled

    /// It failed for good and the upload is quarantined with the reason. Put here by the holder
    /// after a failure that never or no longer is retried, or by the rescuer when too many daemons
    /// died with it. Only an operator's retry moves it on.
    case discarded

    /// An operator paused this one job. Put here from `available` or `retryable`, never from
    /// `running`. Only the operator moves it on: release makes it `available`, cancel ends it.
    case held

    /// Still to end: at most one job per item is live.
    package var isLive: Bool {
        switch self {
        case .available, .running, .retryable, .held: true
        case .completed, .cancelled, .discarded: false
        }
    }
}
