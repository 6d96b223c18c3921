import Failpoints
import Glibc

/// An open descriptor, closed when it goes out of scope.
@safe
package struct OwnedDescriptor: ~Copyable, Sendable {
    /// Valid as long as this value lives.
    package let rawValue: Int32

    /// Takes ownership.
    package init(_ rawValue: Int32) { self.rawValue = rawValue }

    /// Gives the descriptor away: the caller closes it.
    package consuming func release() -> Int32 {
        let value = rawValue
        discard self
        return value
    }

    /// Closes and says whether that worked: network file systems report late write errors here.
    package consuming func close(path: String) throws(StorageError) {
        let value = release()
        // Never again after EINTR: on Linux the descriptor is gone either way.
        if Glibc.close(value) != 0, errno != EINTR {
            throw StorageError(errno: errno, operation: "close", path: path)
        }
    }

    /// Makes what was written through any descriptor of the file durable; a failure is final.
    package borrowing func sync(path: String) throws(StorageError) {
        #if DEBUG
            if SeededBug.filesUnsynced.isOn { return }
        #endif
        do throws(StorageError) {
            try systemCall("fsync", path) { fsync(rawValue) }
        } catch {
            throw StorageError(.syncFailed, operation: "fsync", path: path, number: error.number)
        }
    }

    deinit { _ = Glibc.close(rawValue) }
}
