import MediaModel
import Storage

/// An upload that is ours alone: moved out of the uploader's reach, not yet adopted.
struct Claim: Sendable {
    /// `<claimed>/<milliseconds>-<random>`.
    let id: FileName
    /// Where in the inbox it was.
    let path: InboxPath
    /// Holds the upload, and its sidecar when there is one.
    let directory: Directory
    let receivedAt: Timestamp

    /// What the sidecar is called once its copy is in quarantine. Hidden, because the upload leaves
    /// before it: found alone under its own name it would be taken for an upload.
    static let keptSidecar: FileName = ".sidecar"

    /// The sidecar's copy is in quarantine; repeating is free.
    func hideSidecar() throws(StorageError) {
        guard try directory.status(of: path.sidecar.name) != nil else { return }
        try directory.rename(
            path.sidecar.name, to: Self.keptSidecar, in: directory, replacing: true)
    }
}

/// What trying to claim led to.
enum ClaimResult: Sendable {
    case claimed(Claim)
    /// No longer there.
    case gone
    /// Somebody is still writing it, or its sidecar.
    case busy
    case left(LeftEntry.Reason, FileStatus)
    /// We may not take it; its owner or the operator can change that.
    case forbidden(StorageError)
}
