import Failpoints
import GRDB
package import JobQueue
import Synchronization

/// The job store in one SQLite file: write-ahead log, every commit synced, commits in groups.
///
/// One process owns the file and one connection writes and checkpoints it (several have been seen
/// to reset the log under each other in SQLite 3.40); readers have their own connections and see
/// the last commit. Everybody else goes through the daemon's control socket.
package final class SQLiteJobStore: JobStore {
    let machine: JobStateMachine
    let signal = ChangeSignal()
    let committer: GroupCommitter
    let database: any DatabaseWriter
    /// Progress of running attempts by job, with the token of the attempt. Lost with the process.
    let progress = Mutex<[Int64: (token: Int64, progress: JobProgress)]>([:])
    /// Where the database lies as it was before this opening changed its tables; nil = they were up
    /// to date, or new.
    package let migrationCopy: String?
    /// nil for a store in memory.
    let migrationCopies: MigrationCopy?

    /// Opens or creates the file and brings its tables up to date.
    ///
    /// Blocks for the time that takes. Before tables that are in use are changed, the file is copied
    /// (`migrationCopy`); without a copy nothing is changed. Throws `newerSchema` for a file of a
    /// later version, and `unavailable` for one that cannot be opened or copied or, with
    /// `checkIntegrity` (reads the whole file), is damaged.
    package convenience init(
        path: String, machine: JobStateMachine = JobStateMachine(), checkIntegrity: Bool = false
    ) throws(JobStoreError) {
        try self.init(
            path: path, machine: machine, checkIntegrity: checkIntegrity,
            migrator: Schema.migrator)
    }

    /// - Parameter migrator: tests bring migrations of their own.
    convenience init(
        path: String, machine: JobStateMachine = JobStateMachine(), checkIntegrity: Bool = false,
        migrator: DatabaseMigrator
    ) throws(JobStoreError) {
        let pool: DatabasePool
        do {
            pool = try DatabasePool(path: path, configuration: Self.configuration)
            try pool.writeWithoutTransaction { db in
                // GRDB sets NORMAL when it turns the log on; that loses commits in a power cut.
                try db.execute(sql: "PRAGMA synchronous = FULL")
                #if DEBUG
                    if SeededBug.catalogueUnsynced.isOn {
                        try db.execute(sql: "PRAGMA synchronous = OFF")
                    }
                #endif
                // Names of members that are removed must not stay in the bytes of their rows.
                try db.execute(sql: "PRAGMA secure_delete = ON")
                // What a savepoint needs to be undone would else go through a file.
                try db.execute(sql: "PRAGMA temp_store = MEMORY")
                // A log that once grew is cut back to 16 MiB at the next checkpoint.
                try db.execute(sql: "PRAGMA journal_size_limit = 16777216")
                // What a group of jobs changes is written once, when it is committed.
                try db.execute(sql: "PRAGMA cache_size = -512")
            }
        } catch {
            throw JobStoreError(error)
        }
        try self.init(
            pool, path: path, machine: machine, checkIntegrity: checkIntegrity, migrator: migrator)
    }

    /// A store that is gone when it is released.
    package static func inMemory(
        machine: JobStateMachine = JobStateMachine()
    ) throws(JobStoreError) -> SQLiteJobStore {
        let queue: DatabaseQueue
        do {
            queue = try DatabaseQueue(configuration: configuration)
        } catch {
            throw JobStoreError(error)
        }
        return try SQLiteJobStore(
            queue, path: nil, machine: machine, checkIntegrity: false, migrator: Schema.migrator)
    }

    private static var configuration: Configuration {
        var configuration = Configuration()
        // Tools that look into the file while we run (backups) may hold it for a moment.
        configuration.busyMode = .timeout(5)
        // In KiB, of each connection. With SQLite's 2 MiB the writer and five readers fill 12 MiB over the
        // first ten thousand jobs, which looks like a leak; the kernel has the pages anyway.
        configuration.prepareDatabase { try $0.execute(sql: "PRAGMA cache_size = -128") }
        // Reads take milliseconds; each reader has a thread, two descriptors and its pages.
        configuration.maximumReaderCount = 3
        return configuration
    }

    private init(
        _ database: any DatabaseWriter, path: String?, machine: JobStateMachine,
        checkIntegrity: Bool, migrator: DatabaseMigrator
    ) throws(JobStoreError) {
        self.machine = machine
        self.database = database
        committer = GroupCommitter(writer: database, signal: signal)
        if let path {
            migrationCopies = try MigrationCopy(of: path)
        } else {
            migrationCopies = nil
        }
        migrationCopy = try Self.bringUpToDate(
            database, path: path, checkIntegrity: checkIntegrity, migrator: migrator)
    }

    /// Returns where the copy is that was made before tables in use were changed.
    private static func bringUpToDate(
        _ database: any DatabaseWriter, path: String?, checkIntegrity: Bool,
        migrator: DatabaseMigrator
    ) throws(JobStoreError) -> String? {
        var copy: String?
        do {
            let applied = try database.read(migrator.appliedIdentifiers)
            let unknown = applied.subtracting(migrator.migrations).sorted()
            guard unknown.isEmpty else {
                throw JobStoreError.newerSchema(
                    "the job store was written by a newer version of vitrined (it has "
                        + "\(unknown.joined(separator: "; "))); install that version")
            }
            if checkIntegrity {
                let found = try database.read {
                    try String.fetchOne($0, sql: "PRAGMA quick_check(1)")
                }
                guard found == "ok" else {
                    throw JobStoreError.unavailable("the file is damaged: \(found ?? "no answer")")
                }
            }
            if let path, !applied.isEmpty,
                let pending = migrator.migrations.firstIndex(where: { !applied.contains($0) })
            {
                // Migrations are numbered from 1 in their order.
                copy = try MigrationCopy(of: path).make(of: database, before: pending + 1)
            }
            try migrator.migrate(database)
            // What a life that was killed has left in the log, names of erased members among it.
            _ = try database.writeWithoutTransaction { try emptyLog($0) }
            return copy
        } catch {
            let reason = JobStoreError(error)
            guard let copy else { throw reason }
            throw JobStoreError.unavailable(
                "its tables could not be changed (\(reason.operatorText)); as they were before, "
                    + "they are in \(copy)")
        }
    }

    /// Writes what waits and closes the file; nothing may be called after this.
    package func close() async throws(JobStoreError) {
        try await committer.write { _ in }
        do {
            try database.close()
        } catch {
            throw JobStoreError(error)
        }
    }

    package func changes() -> AsyncStream<Void> { signal.changes() }

    /// Reads from the last commit, off the cooperative pool.
    func read<Value: Sendable>(
        _ body: @escaping @Sendable (StoreTransaction) throws -> Value
    ) async throws(JobStoreError) -> Value {
        do {
            return try await database.read { try body(StoreTransaction($0)) }
        } catch {
            throw JobStoreError(error)
        }
    }
}
