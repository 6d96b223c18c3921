internal import CLinux
import Failpoints
import Glibc

/// An open directory; everything inside is reached from its descriptor, one component at a time
/// and never through a symlink, so that nobody can redirect a path while it is walked.
@safe
package final class Directory: Sendable {
    /// Open as long as this object lives.
    package let descriptor: Int32
    /// For messages only.
    package let path: String

    private init(descriptor: Int32, path: String) {
        self.descriptor = descriptor
        self.path = path
    }

    deinit { _ = close(descriptor) }

    /// Opens a directory that the operator named; symlinks in that path are theirs.
    ///
    /// - Parameter mode: creates what is missing of the path with these permission bits, whatever
    ///   the umask.
    package convenience init(path: String, creating mode: UInt32? = nil) throws(StorageError) {
        if let mode {
            var sofar = path.hasPrefix("/") ? "/" : ""
            for part in path.split(separator: "/") {
                sofar += part
                if unsafe mkdir(sofar, mode) == 0 {
                    try systemCall("chmod", sofar) { unsafe chmod(sofar, mode) }
                } else if errno != EEXIST, errno != EISDIR {
                    let number = errno
                    // A read-only parent answers EROFS also for what exists.
                    var status = stat()
                    if unsafe stat(sofar, &status) != 0 {
                        throw StorageError(errno: number, operation: "mkdir", path: sofar)
                    }
                }
                sofar += "/"
            }
        }
        let descriptor = try systemCall("open", path) {
            unsafe clinux_openat(AT_FDCWD, path, O_RDONLY | O_DIRECTORY, 0)
        }
        self.init(descriptor: descriptor, path: path)
    }

    /// Opens a directory some steps further down; none are this one.
    package func descendant(_ names: [FileName]) throws(StorageError) -> Directory {
        var directory = self
        for name in names { directory = try directory.subdirectory(name) }
        return directory
    }

    /// Opens a directory inside; `creating` makes it when it is not there, with these permission
    /// bits whatever the umask.
    package func subdirectory(
        _ name: FileName, creating mode: UInt32? = nil
    ) throws(StorageError) -> Directory {
        let inside = pathOf(name)
        var isNew = false
        if let mode {
            do throws(StorageError) {
                #if DEBUG
                    try Failpoint.makeDirectory.pass()
                #endif
                try systemCall("mkdir", inside) {
                    unsafe name.withCString { unsafe mkdirat(descriptor, $0, mode) }
                }
                isNew = true
            } catch  where error.code == .alreadyExists {
                // Made earlier: what was asked for.
            }
        }
        let opened = try systemCall("open", inside) {
            unsafe name.withCString {
                unsafe clinux_openat(descriptor, $0, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0)
            }
        }
        let directory = Directory(descriptor: opened, path: inside)
        if isNew, let mode { try directory.setMode(mode) }
        return directory
    }

    func setMode(_ mode: UInt32) throws(StorageError) {
        try systemCall("fchmod", path) { fchmod(descriptor, mode) }
    }

    /// Opens for reading what must be a regular file; anything else is refused unread.
    package func openFile(_ name: FileName) throws(StorageError) -> OwnedDescriptor {
        // O_NONBLOCK: opening a FIFO must not wait for a writer.
        let file = try open(name, flags: O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY)
        let status = try FileStatus(of: file.rawValue, path: pathOf(name))
        guard status.kind == .regular else {
            throw StorageError(
                .notRegularFile, operation: "open", path: pathOf(name),
                detail: status.kind.rawValue)
        }
        return file
    }

    func open(
        _ name: FileName, flags: Int32, mode: UInt32 = 0
    ) throws(StorageError) -> OwnedDescriptor {
        OwnedDescriptor(
            try systemCall("open", pathOf(name)) {
                unsafe name.withCString { unsafe clinux_openat(descriptor, $0, flags, mode) }
            })
    }

    /// The same directory again, with a position and locks of its own.
    func reopen() throws(StorageError) -> OwnedDescriptor {
        OwnedDescriptor(
            try systemCall("open", path) {
                unsafe clinux_openat(descriptor, ".", O_RDONLY | O_DIRECTORY, 0)
            })
    }

    /// Its own.
    package func status() throws(StorageError) -> FileStatus {
        try FileStatus(of: descriptor, path: path)
    }

    /// nil when there is nothing of that name; a symlink is described, not followed.
    package func status(of name: FileName) throws(StorageError) -> FileStatus? {
        var status = stat()
        do throws(StorageError) {
            try systemCall("stat", pathOf(name)) {
                unsafe name.withCString {
                    unsafe fstatat(descriptor, $0, &status, AT_SYMLINK_NOFOLLOW)
                }
            }
        } catch  where error.number == ENOENT || error.number == ENAMETOOLONG {
            return nil
        }
        return FileStatus(status)
    }

    /// All names but `.` and `..`, sorted by bytes.
    package func names() throws(StorageError) -> [FileName] {
        // A second descriptor: reading a directory moves its position.
        let copy = try reopen()
        guard let stream = unsafe fdopendir(copy.rawValue) else {
            throw StorageError(errno: errno, operation: "opendir", path: path)
        }
        _ = copy.release()
        defer { unsafe closedir(stream) }
        var names: [FileName] = []
        while true {
            errno = 0
            guard let entry = unsafe readdir(stream) else { break }
            let text = unsafe clinux_dirent_name(entry)
            let bytes = unsafe UnsafeRawBufferPointer(
                start: text, count: text.map { unsafe strlen($0) } ?? 0)
            if let name = unsafe FileName(bytes: bytes) { names.append(name) }
        }
        guard errno == 0 else {
            throw StorageError(errno: errno, operation: "readdir", path: path)
        }
        return names.sorted { $0.bytes.lexicographicallyPrecedes($1.bytes) }
    }

    /// Moves within or between directories of one file system.
    ///
    /// - Parameter replacing: `false` throws `alreadyExists` when the new name is taken.
    package func rename(
        _ name: FileName, to newName: FileName, in target: Directory, replacing: Bool
    ) throws(StorageError) {
        #if DEBUG
            try Failpoint.rename.pass()
        #endif
        try systemCall("rename", "\(pathOf(name)) to \(target.pathOf(newName))") {
            unsafe name.withCString { old in
                unsafe newName.withCString { new in
                    replacing
                        ? unsafe renameat(descriptor, old, target.descriptor, new)
                        : unsafe clinux_rename_noreplace(descriptor, old, target.descriptor, new)
                }
            }
        }
    }

    /// Gives a file a second name without copying; throws `crossDevice` between file systems.
    package func link(
        _ name: FileName, to newName: FileName, in target: Directory
    ) throws(StorageError) {
        #if DEBUG
            try Failpoint.link.pass()
        #endif
        try systemCall("link", "\(pathOf(name)) to \(target.pathOf(newName))") {
            unsafe name.withCString { old in
                unsafe newName.withCString { new in
                    unsafe linkat(descriptor, old, target.descriptor, new, 0)
                }
            }
        }
    }

    /// Removes a file; nothing to remove is fine.
    package func removeFile(_ name: FileName) throws(StorageError) {
        try remove(name, flags: 0)
    }

    /// Removes a file, or a directory with everything in it; symlinks are removed, not followed.
    package func removeTree(_ name: FileName) throws(StorageError) {
        guard let status = try status(of: name) else { return }
        guard status.kind == .directory else { return try removeFile(name) }
        let top = try subdirectory(name)
        // Flattened on the way instead of descended into: a worker that was taken over may have
        // nested its scratch deeper than there are descriptors, or stack. Names nobody can foresee.
        let prefix = ".flat-\(UInt64.random(in: 0...(.max)))-"
        var moved = 0
        var isFlat = false
        while !isFlat {
            isFlat = true
            for entry in try top.names() {
                guard try top.isDirectory(entry) else {
                    try top.removeFile(entry)
                    continue
                }
                isFlat = false
                let inside = try top.subdirectory(entry)
                for inner in try inside.names() {
                    guard try inside.isDirectory(inner) else {
                        try inside.removeFile(inner)
                        continue
                    }
                    moved += 1
                    guard let free = FileName(prefix + "\(moved)") else { continue }
                    try inside.rename(inner, to: free, in: top, replacing: false)
                }
                try top.remove(entry, flags: AT_REMOVEDIR)
            }
        }
        try remove(name, flags: AT_REMOVEDIR)
    }

    private func isDirectory(_ name: FileName) throws(StorageError) -> Bool {
        try status(of: name)?.kind == .directory
    }

    /// Removes a directory if nothing is in it; otherwise leaves it without a word.
    func removeEmptyDirectory(_ name: FileName) {
        _ = unsafe name.withCString { unsafe unlinkat(descriptor, $0, AT_REMOVEDIR) }
    }

    private func remove(_ name: FileName, flags: Int32) throws(StorageError) {
        do throws(StorageError) {
            #if DEBUG
                try Failpoint.unlink.pass()
            #endif
            try systemCall("unlink", pathOf(name)) {
                unsafe name.withCString { unsafe unlinkat(descriptor, $0, flags) }
            }
        } catch  where error.number == ENOENT {
            // Gone already: a repetition after a crash.
        }
    }

    /// Makes the entries durable: after this, a power cut cannot undo a rename.
    package func sync() throws(StorageError) {
        do throws(StorageError) {
            #if DEBUG
                try Failpoint.syncDirectory.pass()
            #endif
            try systemCall("fsync", path) { fsync(descriptor) }
        } catch  where error.number == EINVAL {
            // The file system has no directories to sync (some network file systems).
        } catch {
            throw StorageError(
                .syncFailed, operation: "fsync", path: path, number: error.number)
        }
    }

    /// For messages.
    package func pathOf(_ name: FileName) -> String { "\(path)/\(name)" }
}
