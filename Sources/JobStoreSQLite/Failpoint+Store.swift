#if DEBUG
    import Failpoints
    import GRDB

    extension Failpoint {
        /// Passes a place where SQLite would tell of a failing disk.
        func pass() throws {
            if reach() { throw DatabaseError(resultCode: .SQLITE_IOERR, message: rawValue) }
        }
    }
#endif
