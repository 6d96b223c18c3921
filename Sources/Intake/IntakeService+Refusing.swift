import Failpoints
import Logging
import MediaModel
import Storage

extension IntakeService {
    /// Lists a claimed upload as refused, then moves it to quarantine with what came with it.
    /// - Parameter kept: the upload if its original was kept before; nil when that is given up.
    func refuse(
        _ claim: Claim, _ status: FileStatus, _ failure: Failure, _ kept: inout Upload?
    ) async throws {
        let name = claim.path.name.description
        let claimed = claims
        try await work.run { () throws(StorageError) in try claimed.secure(claim) }
        var digest: ContentDigest?
        if failure.code != "unreadable", failure.code != "sourceTooLarge" {
            let claim = claim
            digest = try await work.run { () throws(StorageError) in
                let file = try claim.directory.openFile(claim.path.name)
                return try ContentDigest(of: file.rawValue, path: name)
            }
        }
        // Unread bytes have no digest: what is known of the file names the item.
        let identity =
            digest
            ?? ContentDigest(of: Array("\(name) \(status.byteCount) \(claim.id)".utf8))
        let owner: String?
        do {
            owner = try readSidecar(of: claim).owner
        } catch {
            // A sidecar that cannot be read names nobody.
            owner = claim.path.owner?.rawValue
        }
        let refusal = Refusal(
            item: Self.itemID(name, owner: owner, sha256: identity.sha256), fileName: name,
            byteCount: status.byteCount, sha256: digest?.sha256, owner: owner,
            refusedAt: claim.receivedAt, failure: failure)
        #if DEBUG
            try Failpoint.refuse.pass()
        #endif
        #if DEBUG
            if SeededBug.refusalListedLate.isOn {
                try await quarantine.move(claim.path.name, in: claim.directory, because: refusal)
            }
        #endif
        do {
            try await sink.refuse(refusal)
        } catch {
            throw IntakeRetry.sinkUnavailable("\(error)")
        }
        #if DEBUG
            try Failpoint.refused.pass()
        #endif
        if let sidecar = try openSidecar(of: claim) {
            try await quarantine.attach(
                sidecar.rawValue, as: Quarantine.sidecarSuffix, to: refusal.item)
            try claim.hideSidecar()
            #if DEBUG
                try Failpoint.sidecarRefused.pass()
            #endif
        }
        if let sha256 = kept?.sha256 {
            // Before the claim goes: whoever does this again begins with it.
            kept = nil
            try await giveUp(sha256)
        }
        try await quarantine.move(claim.path.name, in: claim.directory, because: refusal)
        counts.refused += 1
        logger.notice(
            "upload refused",
            metadata: [
                "item.id": "\(refusal.item)", "failure.kind": "\(failure.kind.rawValue)",
                "failure.code": "\(failure.code)", "failure.text": "\(failure.operatorText)",
            ])
    }

    /// Removes an original that was kept for an upload which was refused after all.
    func giveUp(_ sha256: String) async throws {
        originals.settle(sha256)
        _ = try await originals.remove(sha256) {
            do {
                return try await sink.isNeeded(sha256)
            } catch {
                throw IntakeRetry.sinkUnavailable("\(error)")
            }
        }
    }
}
