internal import CLinux
import Glibc

/// What `fstat` says about a file, without its times' representation.
package struct FileStatus: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable {
        case regular, directory, symlink, fifo, socket, device, other
    }

    package var kind: Kind
    package var byteCount: Int64
    package var linkCount: Int
    package var device: UInt64
    package var inode: UInt64
    package var owner: UInt32
    package var mode: UInt32
    /// Since 1970.
    package var modifiedNanoseconds: Int64
    /// Since 1970; moved by every change of content, name or mode.
    package var changedNanoseconds: Int64

    /// Of an open descriptor.
    package init(of descriptor: Int32, path: String = "descriptor") throws(StorageError) {
        var status = stat()
        try systemCall("fstat", path) { unsafe fstat(descriptor, &status) }
        self.init(status)
    }

    init(_ status: stat) {
        kind =
            switch status.st_mode & S_IFMT {
            case S_IFREG: .regular
            case S_IFDIR: .directory
            case S_IFLNK: .symlink
            case S_IFIFO: .fifo
            case S_IFSOCK: .socket
            case S_IFCHR, S_IFBLK: .device
            default: .other
            }
        byteCount = Int64(status.st_size)
        linkCount = Int(status.st_nlink)
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
        owner = status.st_uid
        mode = UInt32(status.st_mode & 0o7777)
        var status = status
        modifiedNanoseconds = unsafe clinux_modified_nanoseconds(&status)
        changedNanoseconds = unsafe clinux_changed_nanoseconds(&status)
    }

    /// Whether two looks were at one file, whatever its names.
    package func isSameFile(as other: FileStatus) -> Bool {
        device == other.device && inode == other.inode
    }

    /// Whether the bytes can have changed between two looks at one file.
    package func hasSameContent(as other: FileStatus) -> Bool {
        isSameFile(as: other) && byteCount == other.byteCount
            && modifiedNanoseconds == other.modifiedNanoseconds
    }
}
