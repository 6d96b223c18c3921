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

    /// Opens or creates the file and brings its tables up to date.
    ///
    /// Blocks for the time that takes. Throws `newerSchema` for a file of a later version, and
    /// `unavailable` for one that cannot be opened or, with `checkIntegrity` (reads the whole
    /// file), is damaged.
    package convenience init(
        path: String, machine: JobStateMachine = JobStateMachine(), checkIntegrity: Bool = false
    ) throws(JobStoreError) {
        let pool: DatabasePool
        do {
            pool = try DatabasePool(path: path, configuration: Self.configuration)
            try pool.writeWithoutTransaction { db in
                // GRDB sets NORMAL when it turns the log on; that loses commits in a power cut.
                try db.execute(sql: "PRAGMA synchronous = FULL")
                // What a savepoint needs to be undone would else go through a file.
                try db.execute(sql: "PRAGMA temp_store = MEMORY")
                // A log that once grew is cut back to 16 MiB at the next checkpoint.
                try db.execute(sql: "PRAGMA journal_size_limit = 16777216")
            }
        } catch {
            throw JobStoreError(error)
        }
        try self.init(pool, machine: machine, checkIntegrity: checkIntegrity)
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
        return try SQLiteJobStore(queue, machine: machine, checkIntegrity: false)
    }

    private static var configuration: Configuration {
        var configuration = Configuration()
        // Tools that look into the file while we run (backups) may hold it for a moment.
        configuration.busyMode = .timeout(5)
        return configuration
    }

    private init(
        _ database: any DatabaseWriter, machine: JobStateMachine, checkIntegrity: Bool
    ) throws(JobStoreError) {
        self.machine = machine
        self.database = database
        committer = GroupCommitter(writer: database, signal: signal)
        do {
            let migrator = Schema.migrator
            if try database.read(migrator.hasBeenSuperseded) {
                let applied = try database.read(migrator.appliedIdentifiers)
                let unknown = applied.subtracting(migrator.migrations).sorted()
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
            try migrator.migrate(database)
        } catch {
            throw JobStoreError(error)
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
