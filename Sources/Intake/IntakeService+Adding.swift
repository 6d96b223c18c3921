package import MediaModel
import Storage

extension IntakeService {
    /// Takes an upload that did not come through the inbox; the source stays where it is.
    ///
    /// What is refused, by a `Failure` or the answer `conflict`, is listed before it is answered.
    /// Throws `noSpace` while intake must leave the rest of the disk to what was accepted.
    /// - Parameters:
    ///   - descriptor: borrowed for the call, read from its start.
    ///   - fileName: as shown; escaped by the caller (`FileName.description`).
    package func add(
        _ descriptor: Int32, fileName: String, sidecar: Sidecar
    ) async throws -> (Upload, OfferAnswer) {
        let status = try FileStatus(of: descriptor)
        let receivedAt = now()
        var refusal = Refusal(
            // Of bytes that are not read: the file itself names the item.
            item: Self.itemID(
                fileName, owner: sidecar.owner,
                sha256: ContentDigest(
                    of: Array(
                        "\(fileName) \(status.byteCount) \(status.device) \(status.inode)".utf8)
                ).sha256),
            fileName: fileName, byteCount: status.byteCount, sha256: nil, owner: sidecar.owner,
            refusedAt: receivedAt, failure: Refused.emptyFile)
        if let failure = reasonNotToRead(status) {
            refusal.failure = failure
            try await sink.refuse(refusal)
            counts.refused += 1
            throw failure
        }
        if let reason = try shortage(for: status.byteCount) {
            throw StorageError(.noSpace, operation: "add", path: fileName, detail: reason)
        }
        let digest = try await originals.adopt(descriptor, limit: configuration.maximumByteCount)
        var isGivenUp = false
        defer { if !isGivenUp { originals.settle(digest.sha256) } }
        let upload = Self.upload(
            fileName: fileName, digest: digest, sidecar: sidecar, receivedAt: receivedAt)
        let answer = try await sink.offer(upload)
        switch answer {
        case .conflict(let failure):
            refusal.item = Self.itemID(fileName, owner: sidecar.owner, sha256: digest.sha256)
            refusal.byteCount = digest.byteCount
            refusal.sha256 = digest.sha256
            refusal.failure = failure
            try await sink.refuse(refusal)
            // Adopted already: where it can be found and explained.
            try await quarantine.keep(originalOf: refusal, from: originals)
            isGivenUp = true
            try await giveUp(digest.sha256)
            counts.refused += 1
        case .accepted, .existing: counts.accepted += 1
        case .unavailable: break
        }
        return (upload, answer)
    }

    /// Refusals that need no look into a file.
    func reasonNotToRead(_ status: FileStatus) -> Failure? {
        let limit = configuration.maximumByteCount
        guard status.kind == .regular else {
            return Refused.unreadable("it is a \(status.kind.rawValue)")
        }
        if status.byteCount == 0 { return Refused.emptyFile }
        return status.byteCount > limit
            ? Refused.sourceTooLarge(status.byteCount, limit: limit) : nil
    }
}
