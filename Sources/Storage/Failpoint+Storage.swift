#if DEBUG
    package import Failpoints
    import Glibc

    extension Failpoint {
        /// Passes a place where a failing disk would show.
        package func pass() throws(StorageError) {
            if reach() { throw StorageError(errno: EIO, operation: "failpoint", path: rawValue) }
        }
    }
#endif
