package import MediaModel

/// What a store refuses, or cannot do.
package enum JobStoreError: Error, Hashable, Sendable {
    /// The caller's lease is not the job's newest, or the job is not running: stop the work, publish
    /// nothing.
    case staleLease(jobID: Int64)
    case jobNotFound(Int64)
    case itemNotFound(ItemID)
    case illegalTransition(IllegalTransition)
    /// Another job of the item is live.
    case itemBusy(ItemID, jobID: Int64)
    /// The id belongs to an upload that was accepted, or the upload was refused and is not kept.
    case itemConflict(ItemID, String)
    /// It is more than its member may have. Nothing changed.
    case overQuota(QuotaExcess)
    /// The database was written by a newer version; migrations are named in the text.
    case newerSchema(String)
    /// Full, read-only or damaged: the operation left no trace.
    case unavailable(String)
    /// The disk refused to sync, now or earlier. What reached it is unknown and a second try could
    /// falsely succeed, so nothing more is written: exit, and verify at the next start.
    case syncFailed(String)

    /// For the operator.
    package var operatorText: String {
        switch self {
        case .staleLease(let id): "the lease on job \(id) has passed to another holder"
        case .jobNotFound(let id): "there is no job \(id)"
        case .itemNotFound(let id): "there is no item \(id)"
        case .illegalTransition(let error): error.description
        case .itemBusy(let id, let job): "job \(job) of item \(id) has not ended yet"
        case .itemConflict(let id, let why): "item \(id): \(why)"
        case .overQuota(let excess): excess.failure.operatorText
        case .newerSchema(let text): text
        case .unavailable(let text): "the job store is not available: \(text)"
        case .syncFailed(let text): "the job store could not be synced to disk: \(text)"
        }
    }

    /// As a failure of the work that met it.
    package var failure: Failure {
        switch self {
        case .overQuota(let excess): excess.failure
        case .unavailable, .syncFailed: .io(code: "jobStore", operatorText)
        default: .internalError(code: "jobStore", operatorText)
        }
    }
}
