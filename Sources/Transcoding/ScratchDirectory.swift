import Crypto
package import Foundation
import Glibc
package import MediaModel

/// The worker's one writable directory, known only by its descriptor.
///
/// Files are made under working names, then adopted under names that carry their digest. Nothing
/// here syncs: scratch may vanish in a power cut; the store syncs what it publishes.
package final class ScratchDirectory: Sendable {
    /// Owned; closed with the object.
    package let descriptor: Int32

    /// Takes ownership of an open directory descriptor.
    package init(descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    /// Creates a file for reading and writing; fails when it exists.
    /// - Parameter path: at most one directory deep.
    /// - Returns: an open descriptor that the caller closes.
    package func create(_ path: String) throws(Failure) -> Int32 {
        let file = unsafe openat(
            descriptor, path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o644)
        guard file >= 0 else { throw Self.failure("create", path) }
        return file
    }

    /// Opens a file for reading.
    /// - Returns: an open descriptor that the caller closes.
    package func open(_ path: String) throws(Failure) -> Int32 {
        let file = unsafe openat(descriptor, path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard file >= 0 else { throw Self.failure("open", path) }
        return file
    }

    /// Makes a directory, and those on the way to it that are not there.
    package func makeDirectories(_ path: String) throws(Failure) {
        let parts = path.split(separator: "/")
        for count in 1...parts.count {
            let name = parts.prefix(count).joined(separator: "/")
            guard unsafe mkdirat(descriptor, name, 0o755) == 0 || errno == EEXIST else {
                throw Self.failure("make the directory", name)
            }
        }
    }

    package func makeDirectory(_ name: String) throws(Failure) {
        guard unsafe mkdirat(descriptor, name, 0o755) == 0 else {
            throw Self.failure("make the directory", name)
        }
    }

    package func remove(_ path: String) throws(Failure) {
        guard unsafe unlinkat(descriptor, path, 0) == 0 else { throw Self.failure("remove", path) }
    }

    package func rename(_ old: String, to new: String) throws(Failure) {
        guard unsafe renameat(descriptor, old, descriptor, new) == 0 else {
            throw Self.failure("rename", old)
        }
    }

    /// Writes bytes to a new file.
    package func write(_ data: Data, to path: String) throws(Failure) {
        let file = try create(path)
        defer { close(file) }
        var offset = 0
        while offset < data.count {
            let count = unsafe data.withUnsafeBytes { bytes in
                unsafe Glibc.write(
                    file, bytes.baseAddress.map { unsafe $0 + offset }, bytes.count - offset)
            }
            guard count > 0 else { throw Self.failure("write", path) }
            offset += count
        }
    }

    /// Size of a file.
    package func byteCount(of path: String) throws(Failure) -> Int64 {
        var status = stat()
        guard unsafe fstatat(descriptor, path, &status, AT_SYMLINK_NOFOLLOW) == 0 else {
            throw Self.failure("look at", path)
        }
        return Int64(status.st_size)
    }

    /// All of a file, for those that are known to be small.
    package func bytes(of path: String) throws(Failure) -> [UInt8] {
        let file = try open(path)
        defer { close(file) }
        let head = try FileHead(descriptor: file)
        return head.bytes(at: 0, count: Int(head.byteCount))
    }

    /// Size and SHA-256 of a file.
    package func measure(_ path: String) throws(Failure) -> ArtifactFile {
        let file = try open(path)
        defer { close(file) }
        var hash = SHA256()
        var total: Int64 = 0
        var buffer = [UInt8](repeating: 0, count: 1 << 18)
        while true {
            let count = unsafe buffer.withUnsafeMutableBytes { bytes in
                unsafe read(file, bytes.baseAddress, bytes.count)
            }
            if count == 0 { break }
            guard count > 0 else { throw Self.failure("read", path) }
            hash.update(data: buffer[..<count])
            total += Int64(count)
        }
        return ArtifactFile(path: path, byteCount: total, sha256: Self.hex(hash.finalize()))
    }

    /// Renames a finished file to its content name.
    package func adopt(
        _ working: String, stem: String, fileExtension: String
    ) throws(Failure) -> ArtifactFile {
        var file = try measure(working)
        file.path = ContentName.file(stem, sha256: file.sha256, fileExtension: fileExtension)
        try rename(working, to: file.path)
        return file
    }

    /// Writes bytes under their content name.
    package func adopt(
        _ data: Data, stem: String, fileExtension: String
    ) throws(Failure) -> ArtifactFile {
        let working = "\(stem).working"
        try write(data, to: working)
        return try adopt(working, stem: stem, fileExtension: fileExtension)
    }

    /// Renames a finished directory to its content name.
    /// - Parameters:
    ///   - files: every file in it, by name inside the directory.
    ///   - naming: a file that is to say the directory's name, which is written as soon as there is
    ///     one, and comes first.
    /// - Returns: its files under their final paths, in the given order.
    package func adoptDirectory(
        _ working: String, stem: String, files: [String],
        naming: (file: String, text: (String) -> Data)? = nil
    ) throws(Failure) -> [ArtifactFile] {
        var files = files
        var measured: [ArtifactFile] = []
        for name in files { measured.append(try measure("\(working)/\(name)")) }
        var listed = zip(files, measured).map { (name: $0, sha256: $1.sha256) }
        if let naming {
            listed.append((naming.file, Self.hex(SHA256.hash(data: naming.text("")))))
        }
        let listing = ContentName.directoryListing(listed)
        let digest = Self.hex(SHA256.hash(data: Data(listing.utf8)))
        let name = ContentName.directory(stem, sha256: digest)
        if let naming {
            let path = "\(working)/\(naming.file)"
            try write(naming.text(name), to: path)
            files.insert(naming.file, at: 0)
            measured.insert(try measure(path), at: 0)
        }
        try rename(working, to: name)
        return zip(files, measured).map { file, measure in
            ArtifactFile(
                path: "\(name)/\(file)", byteCount: measure.byteCount, sha256: measure.sha256)
        }
    }

    private static func hex(_ digest: SHA256Digest) -> String {
        let digits = Array("0123456789abcdef")
        return String(digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
    }

    private static func failure(_ operation: String, _ path: String) -> Failure {
        let code = errno
        let text = unsafe String(cString: strerror(code))
        let isFull = code == ENOSPC || code == EDQUOT || code == EFBIG
        return Failure.io(
            code: isFull ? "scratchFull" : "scratch",
            "could not \(operation) \(path) in the scratch directory: \(text). "
                + "Free space where state.path lies.")
    }
}

extension Failure {
    /// What a library could not write into scratch; what is known of the reason is its text, which ends
    /// with the C library's own words where a write failed.
    static func unwritten(_ what: String, because error: any Error) -> Failure {
        let isFull = [ENOSPC, EDQUOT].contains { code in
            "\(error)".contains(unsafe String(cString: strerror(code)))
        }
        return .io(
            code: isFull ? "scratchFull" : "encode",
            "\(what) could not be written: \(error)."
                + (isFull ? " Free space where state.path lies." : ""))
    }
}
