import Failpoints
import GRDB
import JobQueue
import Synchronization

/// Commits the writes of many callers in one transaction, so that they share one fsync.
///
/// While one batch is being synced the next gathers; nobody waits for company. Each write has a
/// savepoint of its own: one that throws undoes only itself. The work happens on GRDB's writer
/// queue, never on the cooperative pool.
final class GroupCommitter: Sendable {
    private struct Entry: Sendable {
        /// Does the write; the result answers the caller once the batch is durable.
        let write: @Sendable (StoreTransaction) throws -> @Sendable () -> Void
        let fail: @Sendable (JobStoreError) -> Void
    }

    private struct State {
        var waiting: [Entry] = []
        var isDraining = false
        var syncFailure: JobStoreError?
    }

    private let state = Mutex(State())
    private let writer: any DatabaseWriter
    private let signal: ChangeSignal

    init(writer: any DatabaseWriter, signal: ChangeSignal) {
        self.writer = writer
        self.signal = signal
    }

    /// Returns when the write is durable.
    func write<Value: Sendable>(
        _ body: @escaping @Sendable (StoreTransaction) throws -> Value
    ) async throws(JobStoreError) -> Value {
        let result: Result<Value, JobStoreError> = await withCheckedContinuation { caller in
            let entry = Entry(
                write: { transaction in
                    let value = try body(transaction)
                    return { caller.resume(returning: .success(value)) }
                },
                fail: { caller.resume(returning: .failure($0)) })
            let mustDrain = state.withLock { state in
                state.waiting.append(entry)
                defer { state.isDraining = true }
                return !state.isDraining
            }
            if mustDrain { writer.asyncWriteWithoutTransaction { self.drain($0) } }
        }
        return try result.get()
    }

    /// Joins the next durable write, whenever that comes; errors have nobody to hear them.
    func writeAlong(_ body: @escaping @Sendable (StoreTransaction) throws -> Void) {
        let entry = Entry(
            write: {
                try body($0)
                return {}
            }, fail: { _ in })
        state.withLock { $0.waiting.append(entry) }
    }

    private func drain(_ db: Database) {
        while true {
            let (entries, syncFailure) = state.withLock { state in
                defer { state.waiting.removeAll() }
                if state.waiting.isEmpty { state.isDraining = false }
                return (state.waiting, state.syncFailure)
            }
            if entries.isEmpty { return }
            if let syncFailure {
                for entry in entries { entry.fail(syncFailure) }
            } else {
                commit(entries, on: db)
            }
        }
    }

    private func commit(_ entries: [Entry], on db: Database) {
        let transaction = StoreTransaction(db)
        var answers: [@Sendable () -> Void] = []
        do {
            #if DEBUG
                try Failpoint.begin.pass()
            #endif
            try db.beginTransaction(.immediate)
            for entry in entries {
                do {
                    try transaction.execute("SAVEPOINT entry", [])
                    let answer = try entry.write(transaction)
                    try transaction.execute("RELEASE entry", [])
                    answers.append(answer)
                } catch {
                    // A full disk or an I/O error makes SQLite roll the whole batch back.
                    guard db.isInsideTransaction else { throw error }
                    try transaction.execute("ROLLBACK TO entry", [])
                    try transaction.execute("RELEASE entry", [])
                    let reason = JobStoreError(error)
                    answers.append { entry.fail(reason) }
                }
            }
            #if DEBUG
                if SeededBug.answeredBeforeCommit.isOn {
                    for answer in answers { answer() }
                    answers = []
                }
                if transaction.hasEvents { try Failpoint.commit.pass() }
            #endif
            try db.commit()
            #if DEBUG
                if transaction.hasEvents { Failpoint.committed.reach() }
            #endif
        } catch {
            if db.isInsideTransaction {
                // Fails only when SQLite has rolled back already.
                try? db.rollback()
            }
            let reason = JobStoreError(error)
            if case .syncFailed = reason { state.withLock { $0.syncFailure = reason } }
            for entry in entries { entry.fail(reason) }
            return
        }
        for answer in answers { answer() }
        if transaction.hasEvents { signal.send() }
    }
}

extension JobStoreError {
    /// What SQLite or a transaction of ours threw.
    init(_ error: any Error) {
        switch error {
        case let error as JobStoreError: self = error
        case let error as IllegalTransition: self = .illegalTransition(error)
        case let error as DatabaseError
        where [.SQLITE_IOERR_FSYNC, .SQLITE_IOERR_DIR_FSYNC].contains(error.extendedResultCode):
            self = .syncFailed("\(error)")
        default: self = .unavailable("\(error)")
        }
    }
}
