import Storage
import Synchronization

/// The inbox as it is now: it may be deleted and made again while we run, and what we have open
/// would then be a directory that nobody can put anything into.
final class InboxDirectory: Sendable {
    let path: String
    private let opened: Mutex<Directory>

    /// Opens, and makes when missing, the inbox.
    init(path: String, creating mode: UInt32) throws(StorageError) {
        self.path = path
        opened = Mutex(try Directory(path: path, creating: mode))
    }

    var current: Directory { opened.withLock { $0 } }

    /// Opens the inbox again when its path leads elsewhere now; `true` then.
    ///
    /// Throws `notFound` while there is none; it is not made again, because whoever took it away
    /// may be about to put another in its place.
    func refresh() throws(StorageError) -> Bool {
        let there = try Directory(path: path)
        let new = try FileStatus(of: there.descriptor, path: path)
        let old = try FileStatus(of: current.descriptor, path: path)
        if new.inode == old.inode, new.device == old.device { return false }
        opened.withLock { $0 = there }
        return true
    }
}
