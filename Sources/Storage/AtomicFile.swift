internal import CLinux
import Failpoints
package import FoundationEssentials
import Glibc

/// The one place that publishes bytes: temporary name → write → length check → fsync → rename →
/// fsync of the directory.
///
/// A reader sees the whole file or none, also after a power cut. A failed fsync is never tried
/// again (the kernel forgets the error with the first report): it throws `syncFailed`.
package enum AtomicFile {
    /// What to do when the name is taken.
    package enum Existing: Sendable {
        case replace
        /// Throws `alreadyExists`.
        case refuse
    }

    /// Names that start so are unfinished and may be swept when nobody writes.
    package static let temporaryPrefix = ".tmp-"

    /// Publishes bytes from memory.
    package static func write(
        _ bytes: Data, as name: FileName, in directory: Directory, mode: UInt32 = 0o644,
        existing: Existing = .replace
    ) throws(StorageError) {
        _ = try publish(in: directory, mode: mode, existing: existing) {
            file, path throws(StorageError) in
            try writeAll(bytes, to: file, path: path)
            return ContentDigest(byteCount: Int64(bytes.count), sha256: "")
        } target: { _ in
            (directory, name)
        }
    }

    /// Publishes a copy of what a descriptor holds, hashed on the way.
    ///
    /// - Parameters:
    ///   - source: borrowed; read from its start, its position is not moved.
    ///   - expected: throws `mismatch`, and publishes nothing, when the bytes are others.
    ///   - limit: throws `tooLarge` beyond so many bytes.
    @discardableResult
    package static func copy(
        _ source: Int32, as name: FileName, in directory: Directory, mode: UInt32 = 0o644,
        existing: Existing = .replace, expected: ContentDigest? = nil, limit: Int64? = nil
    ) throws(StorageError) -> ContentDigest {
        try publish(in: directory, mode: mode, existing: existing) {
            file, path throws(StorageError) in
            try fill(file, from: source, path: path, expected: expected, limit: limit)
        } target: { _ in
            (directory, name)
        }
    }

    /// Publishes a copy under a name that its content decides.
    ///
    /// - Parameters:
    ///   - staging: where the temporary file lives; on the target's file system.
    ///   - isCancelled: asked with every piece; throws `cancelled` when it says so.
    ///   - target: told the digest, says where the file belongs.
    static func copy(
        _ source: Int32, staging: Directory, mode: UInt32, existing: Existing, limit: Int64?,
        isCancelled: () -> Bool,
        target: (ContentDigest) throws(StorageError) -> (Directory, FileName)
    ) throws(StorageError) -> ContentDigest {
        try publish(in: staging, mode: mode, existing: existing) {
            file, path throws(StorageError) in
            try fill(
                file, from: source, path: path, expected: nil, limit: limit,
                isCancelled: isCancelled)
        } target: { digest throws(StorageError) in
            try target(digest)
        }
    }

    static func temporaryName() -> FileName {
        let number = String(UInt64.random(in: 0...UInt64.max), radix: 36)
        guard let name = FileName("\(temporaryPrefix)\(getpid())-\(number)") else {
            preconditionFailure("digits and letters make a file name")
        }
        return name
    }

    private static func publish(
        in staging: Directory, mode: UInt32, existing: Existing,
        fill: (_ file: Int32, _ path: String) throws(StorageError) -> ContentDigest,
        target: (ContentDigest) throws(StorageError) -> (Directory, FileName)
    ) throws(StorageError) -> ContentDigest {
        let temporary = temporaryName()
        do throws(StorageError) {
            let digest = try stage(temporary, in: staging, mode: mode, fill: fill)
            let (directory, name) = try target(digest)
            try staging.rename(
                temporary, to: name, in: directory, replacing: existing == .replace)
            #if DEBUG
                try Failpoint.renamed.pass()
            #endif
            try directory.sync()
            #if DEBUG
                try Failpoint.synced.pass()
            #endif
            return digest
        } catch {
            #if DEBUG
                if SeededBug.temporaryKept.isOn { throw error }
            #endif
            // Best effort: a sweep at start removes what stays.
            try? staging.removeFile(temporary)
            throw error
        }
    }

    /// Writes a complete, durable file under a name that no reader looks for.
    private static func stage(
        _ name: FileName, in directory: Directory, mode: UInt32,
        fill: (_ file: Int32, _ path: String) throws(StorageError) -> ContentDigest
    ) throws(StorageError) -> ContentDigest {
        let path = directory.pathOf(name)
        #if DEBUG
            try Failpoint.create.pass()
        #endif
        let file = try directory.open(
            name, flags: O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, mode: 0o600)
        let digest = try fill(file.rawValue, path)
        try seal(file.rawValue, path: path, mode: mode, byteCount: digest.byteCount)
        try file.close(path: path)
        #if DEBUG
            try Failpoint.staged.pass()
        #endif
        return digest
    }

    /// Length check, permissions whatever the umask, fsync.
    static func seal(
        _ file: Int32, path: String, mode: UInt32, byteCount: Int64
    ) throws(StorageError) {
        let status = try FileStatus(of: file, path: path)
        guard status.byteCount == byteCount else {
            throw StorageError(
                .mismatch, operation: "length check", path: path,
                detail: "\(byteCount) bytes written, \(status.byteCount) in the file")
        }
        try systemCall("fchmod", path) { fchmod(file, mode) }
        do throws(StorageError) {
            #if DEBUG
                try Failpoint.syncFile.pass()
                if SeededBug.filesUnsynced.isOn { return }
            #endif
            try systemCall("fsync", path) { fsync(file) }
        } catch {
            throw StorageError(.syncFailed, operation: "fsync", path: path, number: error.number)
        }
    }

    /// Copies `source` into the empty `file` and says what is now in it.
    static func fill(
        _ file: Int32, from source: Int32, path: String, expected: ContentDigest?, limit: Int64?,
        isCancelled: () -> Bool = { false }
    ) throws(StorageError) -> ContentDigest {
        if let limit, try FileStatus(of: source, path: path).byteCount > limit {
            throw StorageError(
                .tooLarge, operation: "copy", path: path, detail: "more than \(limit) bytes")
        }
        let digest: ContentDigest
        if clinux_reflink(file, source) == 0 {
            // The extents are shared and later writes to the source go elsewhere: hash our copy.
            digest = try ContentDigest(of: file, path: path)
        } else {
            var hasher = StreamHasher()
            var written: Int64 = 0
            try unsafe readChunks(of: source, path: path) { chunk throws(StorageError) in
                if isCancelled() {
                    throw StorageError(.cancelled, operation: "copy", path: path)
                }
                written += Int64(chunk.count)
                // A source that grows while it is read must not fill the disk.
                if let most = limit ?? expected?.byteCount, written > most {
                    throw StorageError(
                        .tooLarge, operation: "copy", path: path, detail: "more than \(most) bytes")
                }
                unsafe hasher.update(chunk)
                try unsafe writeAll(chunk, to: file, path: path)
            }
            digest = hasher.finish()
        }
        if let expected, digest != expected {
            throw StorageError(
                .mismatch, operation: "copy", path: path,
                detail: "expected \(expected.byteCount) bytes \(expected.sha256), "
                    + "found \(digest.byteCount) bytes \(digest.sha256)")
        }
        return digest
    }

    private static func writeAll(
        _ bytes: Data, to file: Int32, path: String
    ) throws(StorageError) {
        do {
            try unsafe bytes.withUnsafeBytes { try unsafe writeAll($0, to: file, path: path) }
        } catch let error as StorageError {
            throw error
        } catch {
            throw StorageError(.io, operation: "write", path: path, detail: "\(error)")
        }
    }

    private static func writeAll(
        _ bytes: UnsafeRawBufferPointer, to file: Int32, path: String
    ) throws(StorageError) {
        var rest = unsafe bytes
        while unsafe !rest.isEmpty {
            #if DEBUG
                try Failpoint.write.pass()
            #endif
            let count = try systemCall("write", path) {
                unsafe Glibc.write(file, rest.baseAddress, rest.count)
            }
            unsafe rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
    }
}

extension AtomicFile {
    /// How many files are open at a time: their data is on its way to the disk together, so that
    /// the flushes wait once and not file by file. Far below the usual limit of 1,024 descriptors.
    private static let batch = 32

    /// Fills a directory that no reader looks for yet with complete, durable files, and makes its
    /// entries durable; the caller renames it into place.
    ///
    /// - Parameter entry: name, source descriptor (closed here), and content of the n-th file.
    static func fillDirectory(
        _ directory: Directory, count: Int, mode: UInt32,
        entry: (Int) throws(StorageError) -> (FileName, Int32, ContentDigest)
    ) throws(StorageError) {
        for start in stride(from: 0, to: count, by: batch) {
            var open: [(file: Int32, path: String, byteCount: Int64)] = []
            defer { for (file, _, _) in open { _ = close(file) } }
            for index in start..<min(start + batch, count) {
                let (name, number, expected) = try entry(index)
                let source = OwnedDescriptor(number)
                let path = directory.pathOf(name)
                let file = try directory.open(
                    name, flags: O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, mode: 0o600
                ).release()
                open.append((file, path, expected.byteCount))
                _ = try fill(
                    file, from: source.rawValue, path: path, expected: expected, limit: nil)
                _ = clinux_start_writeback(file)
            }
            for (file, path, byteCount) in open {
                try seal(file, path: path, mode: mode, byteCount: byteCount)
            }
        }
        try directory.sync()
    }
}
