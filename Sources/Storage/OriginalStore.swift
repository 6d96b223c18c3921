import Failpoints
import Synchronization

/// Accepted uploads, by content: `<originals>/<sha256[0:2]>/<sha256>`, read-only and private.
package final class OriginalStore: Sendable {
    static let fileMode: UInt32 = 0o440
    static let directoryMode: UInt32 = 0o750

    package let root: Directory
    private let work = BlockingWork(label: "vitrine.originals")
    private let arrivals = Arrivals()

    /// Opens, and makes when missing, the directory and the 256 inside.
    package init(path: String) throws(StorageError) {
        root = try Directory(path: path, creating: Self.directoryMode)
        // All 256 directories once and for all: then no upload has to make one durable.
        if try root.names().count(where: { $0.bytes.count == 2 }) < 256 {
            for byte in UInt8.min...UInt8.max {
                let digits = String(byte, radix: 16)
                if let name = FileName(digits.count < 2 ? "0" + digits : digits) {
                    _ = try root.subdirectory(name, creating: Self.directoryMode)
                }
            }
            try root.sync()
        }
    }

    /// Keeps a copy of what a descriptor holds, durably, and says what it is. Cancelling the task
    /// ends the copy with `cancelled`.
    ///
    /// The digest is that of our copy, whatever the uploader does to theirs meanwhile. The same
    /// content again costs a copy and changes nothing. Nobody removes it before `settle`.
    /// - Parameters:
    ///   - descriptor: borrowed for the call, read from its start.
    ///   - limit: largest accepted size in bytes; `tooLarge` beyond, nil = unlimited.
    package func adopt(
        _ descriptor: Int32, limit: Int64? = nil
    ) async throws(StorageError) -> ContentDigest {
        let flag = CancellationFlag()
        let kept: Result<ContentDigest, StorageError> = await withTaskCancellationHandler {
            do throws(StorageError) {
                return .success(try await adopt(descriptor, limit: limit, flag))
            } catch {
                return .failure(error)
            }
        } onCancel: {
            flag.isSet.store(true, ordering: .relaxed)
        }
        return try kept.get()
    }

    private func adopt(
        _ descriptor: Int32, limit: Int64?, _ flag: CancellationFlag
    ) async throws(StorageError) -> ContentDigest {
        try await work.run { [self] () throws(StorageError) in
            var arrived: String?
            do throws(StorageError) {
                return try AtomicFile.copy(
                    descriptor, staging: root, mode: Self.fileMode, existing: .replace,
                    limit: limit, isCancelled: { flag.isSet.load(ordering: .relaxed) }
                ) { digest throws(StorageError) in
                    #if DEBUG
                        try Failpoint.hashed.pass()
                    #endif
                    let target = try place(digest.sha256)
                    // Before the bytes have their name: who removes it sees that we come.
                    arrivals.begin(digest.sha256)
                    arrived = digest.sha256
                    return target
                }
            } catch {
                if let arrived { arrivals.end(arrived) }
                throw error
            }
        }
    }

    /// What `adopt` kept is known to whoever needs it, or needed by nobody: once for each `adopt`.
    package func settle(_ sha256: String) { arrivals.end(sha256) }

    /// Whether an upload with this content is being taken in.
    package func isArriving(_ sha256: String) -> Bool { arrivals.isUnderWay(sha256) }

    /// Opens for reading; throws `notFound`. The caller owns the descriptor.
    package func open(_ sha256: String) async throws(StorageError) -> OwnedDescriptor {
        OwnedDescriptor(
            try await work.run { [self] () throws(StorageError) in
                let (directory, name) = try place(sha256)
                return try directory.openFile(name).release()
            })
    }

    /// Whether the content is kept; its bytes are not read.
    package func contains(_ sha256: String) async throws(StorageError) -> Bool {
        try await work.run { [self] () throws(StorageError) in
            do throws(StorageError) {
                let (directory, name) = try place(sha256)
                return try directory.status(of: name)?.kind == .regular
            } catch  where error.code == .notFound {
                return false
            }
        }
    }

    /// Reads the kept bytes from the disk and says whether they still are what their name says.
    package func verify(_ sha256: String) async throws(StorageError) -> Bool {
        let file = try await open(sha256)
        let number = file.rawValue
        let digest = try await work.run { () throws(StorageError) in
            try ContentDigest(of: number, path: sha256, isAnew: true)
        }
        _ = consume file
        return digest.sha256 == sha256
    }

    /// What became of a wish to remove kept bytes.
    package enum Removal: Sendable {
        case removed
        /// Somebody needs them.
        case needed
        /// An upload with this content came in meanwhile, and may need them.
        case arriving
    }

    /// Removes the kept bytes when no item needs them any more. Repeating is free.
    /// - Parameter isNeeded: asks whoever knows. What comes in while it is asked keeps the bytes,
    ///   whatever the answer.
    package func remove(
        _ sha256: String, unless isNeeded: () async throws -> Bool
    ) async throws -> Removal {
        arrivals.beginDoubt(sha256)
        defer { arrivals.endDoubt(sha256) }
        if try await isNeeded() { return .needed }
        return try await work.run { [self] () throws(StorageError) in
            do throws(StorageError) {
                let (directory, name) = try place(sha256)
                let isRemoved = try arrivals.removeIfQuiet(sha256) { () throws(StorageError) in
                    try directory.removeFile(name)
                }
                guard isRemoved else { return .arriving }
                try directory.sync()
                return .removed
            } catch  where error.code == .notFound {
                return .removed
            }
        }
    }

    /// Digests of everything kept, sorted.
    package func list() async throws(StorageError) -> [String] {
        try await work.run { [self] () throws(StorageError) in
            var digests: [String] = []
            for name in try root.names() where name.bytes.count == 2 {
                for file in try root.subdirectory(name).names() {
                    if ContentDigest.isSHA256(file.description) { digests.append(file.description) }
                }
            }
            return digests
        }
    }

    /// Removes what unfinished copies left. Only while nobody adopts, so: at start.
    package func sweepTemporaries() async throws(StorageError) -> Int {
        try await work.run { [self] () throws(StorageError) in
            var count = 0
            for name in try root.names()
            where name.bytes.starts(with: AtomicFile.temporaryPrefix.utf8) {
                #if DEBUG
                    try Failpoint.sweepOriginals.pass()
                #endif
                try root.removeTree(name)
                count += 1
            }
            return count
        }
    }

    package func freeSpace() throws(StorageError) -> FreeSpace { try FreeSpace(of: root) }

    func place(_ sha256: String) throws(StorageError) -> (Directory, FileName) {
        guard ContentDigest.isSHA256(sha256), let prefix = FileName(String(sha256.prefix(2))),
            let name = FileName(sha256)
        else { throw StorageError(.invalidName, operation: "open", path: sha256) }
        return (try root.subdirectory(prefix), name)
    }
}

/// Tells a thread that the task it works for is cancelled.
private final class CancellationFlag: Sendable {
    let isSet = Atomic(false)
}
