import Failpoints
internal import FoundationEssentials
import Logging
import MediaModel
import Storage

/// What is known of an upload beside its bytes.
extension IntakeService {
    func openSidecar(of claim: Claim) throws(StorageError) -> OwnedDescriptor? {
        var name = claim.path.sidecar.name
        if try claim.directory.status(of: name) == nil { name = Claim.keptSidecar }
        do throws(StorageError) {
            return try claim.directory.openFile(name)
        } catch  where error.code == .notFound {
            return nil
        }
    }

    func readSidecar(of claim: Claim) throws -> Sidecar {
        guard let file = try openSidecar(of: claim) else {
            var sidecar = Sidecar()
            sidecar.owner = try Self.owner(ofDirectory: claim.path)
            return sidecar
        }
        let size = try FileStatus(of: file.rawValue).byteCount
        guard size <= SidecarReader.maximumByteCount else {
            throw SidecarReader.bad(
                "it is larger than \(SidecarReader.maximumByteCount) bytes: \(size)")
        }
        let bytes = try Data(contentsOf: file.rawValue, path: claim.path.sidecar.description)
        return try SidecarReader.read(bytes) { () throws(Failure) in
            try Self.owner(ofDirectory: claim.path)
        }
    }

    /// nil at the top of the inbox. A name that cannot be a member's is refused: an upload that
    /// quietly belonged to nobody would be missed in a portfolio.
    private static func owner(ofDirectory path: InboxPath) throws(Failure) -> String? {
        guard let directory = path.directories.first else { return nil }
        guard let owner = path.owner else { throw Refused.badOwner(directory) }
        return owner.rawValue
    }

    /// The same bytes of two owners are two items.
    static func itemID(_ fileName: String, owner: String?, sha256: String) -> ItemID {
        #if DEBUG
            if SeededBug.secondItem.isOn {
                let random = (0..<8).map { _ in UInt8.random(in: 0...255) }
                return ItemID(fileName: fileName, sha256: ContentDigest(of: random).sha256)
            }
        #endif
        return ItemID(fileName: owner.map { "\($0)-\(fileName)" } ?? fileName, sha256: sha256)
    }

    #if DEBUG
        /// Of `SeededBug.uploadLogged`.
        func tell(_ upload: Int32) throws {
            let end = try Data(contentsOf: upload, path: "").suffix(200)
            logger.notice(
                "upload", metadata: ["upload.end": "\(String(decoding: end, as: UTF8.self))"])
        }
    #endif

    static func upload(
        fileName: String, digest: ContentDigest, sidecar: Sidecar, receivedAt: Timestamp
    ) -> Upload {
        Upload(
            itemID: sidecar.id.flatMap { ItemID($0) }
                ?? itemID(fileName, owner: sidecar.owner, sha256: digest.sha256),
            fileName: fileName, byteCount: digest.byteCount, sha256: digest.sha256,
            receivedAt: receivedAt, sidecar: sidecar)
    }
}
