internal import CLinux

/// How full a file system is.
package struct FreeSpace: Hashable, Sendable {
    package var totalBytes: UInt64
    /// What an unprivileged process may still write.
    package var availableBytes: UInt64
    package var availableInodes: UInt64

    package init(totalBytes: UInt64, availableBytes: UInt64, availableInodes: UInt64 = .max) {
        self.totalBytes = totalBytes
        self.availableBytes = availableBytes
        self.availableInodes = availableInodes
    }

    /// Of the file system that a directory is on.
    package init(of directory: Directory) throws(StorageError) {
        var total: UInt64 = 0
        var available: UInt64 = 0
        var inodes: UInt64 = 0
        try systemCall("statvfs", directory.path) {
            unsafe clinux_free_space(directory.descriptor, &total, &available, &inodes)
        }
        self.init(totalBytes: total, availableBytes: available, availableInodes: inodes)
    }
}
