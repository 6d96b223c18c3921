import Foundation
import GRDB
import JobQueue
import MediaModel
import Testing

@testable import JobStoreSQLite

/// What only the SQLite store promises: its file, its durability, its cost.
@Suite struct SQLiteJobStoreTests {
    @Test func everythingIsThereAfterReopening() async throws {
        try await withTemporaryDirectory { directory in
            let path = "\(directory)/vitrine.sqlite"
            let store = try SQLiteJobStore(path: path)
            _ = try await store.accept(sampleOffer("boat", owner: "ada"))
            let job = try await store.claimOne()
            await store.setWorker(17, jobID: job.id, token: 1)
            try await store.pause(until: nil, at: noon)
            try await store.close()

            let again = try SQLiteJobStore(path: path, checkIntegrity: true)
            #expect(try await again.present(job.id) == job)
            #expect(try await again.present(job.itemID).owner == "ada")
            #expect(try await again.attempts(jobID: job.id).first?.workerPID == 17)
            #expect(try await again.status(at: noon).pause != nil)
            #expect(try await again.events(since: 0, limit: 10).count == 4)
            try await again.close()
        }
    }

    @Test func theWriterSyncsEveryCommit() async throws {
        try await withTemporaryDirectory { directory in
            let store = try SQLiteJobStore(path: "\(directory)/vitrine.sqlite")
            let (mode, synchronous) = try await store.database.writeWithoutTransaction { db in
                (
                    try String.fetchOne(db, sql: "PRAGMA journal_mode"),
                    try Int.fetchOne(db, sql: "PRAGMA synchronous")
                )
            }
            // https://www.sqlite.org/pragma.html#pragma_synchronous: 2 = FULL.
            #expect(mode == "wal" && synchronous == 2)
            try await store.close()
        }
    }

    @Test func aFileOfALaterVersionIsRefusedAndLeftAlone() async throws {
        try await withTemporaryDirectory { directory in
            let path = "\(directory)/vitrine.sqlite"
            let store = try SQLiteJobStore(path: path)
            try await store.database.write { db in
                try db.execute(
                    sql: "INSERT INTO grdb_migrations VALUES ('2 from the future')")
            }
            try await store.close()
            do {
                _ = try SQLiteJobStore(path: path)
                Issue.record("opened")
            } catch JobStoreError.newerSchema(let text) {
                #expect(text.contains("2 from the future"))
            }
        }
    }

    @Test func aFileThatIsNoDatabaseIsRefused() async throws {
        try await withTemporaryDirectory { directory in
            let path = "\(directory)/vitrine.sqlite"
            try Data(repeating: 0x55, count: 8192).write(to: URL(fileURLWithPath: path))
            #expect(throws: JobStoreError.self) { try SQLiteJobStore(path: path) }
        }
    }

    /// Sorting or scanning is what makes a list slow at a million rows.
    @Test func noListSortsOrScans() async throws {
        let store = try SQLiteJobStore.inMemory()
        var plans: [String] = []
        let cursor = PageCursor(key: 1, row: 1)
        let filters = [
            ItemFilter(), ItemFilter(state: .ready), ItemFilter(kind: .video),
            ItemFilter(owner: "ada"), ItemFilter(since: noon),
            ItemFilter(state: .failed, kind: .audio, owner: "ada", since: noon),
        ]
        for filter in filters {
            let (sql, arguments) = SQLiteJobStore.itemQuery(filter, after: cursor, limit: 50)
            plans += try await store.plan(sql, arguments)
        }
        plans += try await store.plan(
            "\(Job.select) WHERE job.state = 'available' AND job.lane = ? "
                + "ORDER BY job.priority DESC, job.turn, job.id LIMIT ?", ["fresh", 5])
        plans += try await store.plan(
            "\(Job.select) WHERE job.state = 'retryable' AND job.runAfter <= ?", [0])
        plans += try await store.plan(
            "SELECT min(runAfter) AS due FROM job WHERE state = 'retryable'", [])
        plans += try await store.plan(
            "\(Job.select) WHERE job.state = ? AND job.id < ? ORDER BY job.id DESC LIMIT 50",
            ["completed", 9])
        #expect(plans.count >= 10)
        for plan in plans {
            #expect(!plan.contains("TEMP B-TREE"))
            #expect(plan.contains("SEARCH") || plan.contains("USING"), "\(plan)")
        }
    }

    @Test func oneFailingWriteDoesNotUndoItsNeighbours() async throws {
        let store = try SQLiteJobStore.inMemory()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 1...50 {
                group.addTask { _ = try await store.accept(sampleOffer("item\(number)")) }
                group.addTask {
                    await #expect(throws: JobStoreError.self) {
                        try await store.committer.write { transaction in
                            try transaction.execute("DELETE FROM tally", [])
                            throw JobStoreError.jobNotFound(0)
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try await store.status(at: noon).jobs[.available] == 50)
    }

    @Test func simultaneousWritesShareCommits() async throws {
        try await withTemporaryDirectory { directory in
            let store = try SQLiteJobStore(path: "\(directory)/vitrine.sqlite")
            let commits = CommitCounter()
            store.database.add(transactionObserver: commits, extent: .databaseLifetime)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 1...400 {
                    group.addTask { _ = try await store.accept(sampleOffer("item\(number)")) }
                }
                try await group.waitForAll()
            }
            #expect(commits.count > 0)
            #expect(commits.count < 200, "\(commits.count) commits for 400 offers")
            try await store.close()
        }
    }

    /// A full disk, as SQLite meets it: the page limit.
    @Test func aFullDiskLosesNothingAndGoesOnWhenFreed() async throws {
        try await withTemporaryDirectory { directory in
            let store = try SQLiteJobStore(path: "\(directory)/vitrine.sqlite")
            _ = try await store.accept(sampleOffer("before"))
            try await store.setPageLimit(to: 1)
            var accepted = 0
            for number in 1...200 {
                do {
                    _ = try await store.accept(sampleOffer("item\(number)"))
                    accepted += 1
                } catch JobStoreError.unavailable {
                    break
                }
            }
            #expect(accepted < 200, "the disk never filled up")
            #expect(try await store.status(at: noon).jobs[.available] == accepted + 1)
            try await store.setPageLimit(to: 1_000_000)
            _ = try await store.accept(sampleOffer("after"))
            #expect(try await store.status(at: noon).jobs[.available] == accepted + 2)
            #expect(try await store.claimAll().count == accepted + 2)
            try await store.close()
        }
    }
}

extension SQLiteJobStore {
    func plan(
        _ sql: String, _ arguments: StatementArguments
    ) async throws -> [String] {
        try await database.read { db in
            try Row.fetchAll(db, sql: "EXPLAIN QUERY PLAN \(sql)", arguments: arguments)
                .map { $0["detail"] }
        }
    }

    /// SQLite never sets it below the present size.
    fileprivate func setPageLimit(to pages: Int) async throws {
        try await database.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA max_page_count = \(pages)")
        }
    }
}

/// Touched on the writer queue only, and read when that is idle.
private final class CommitCounter: TransactionObserver {
    private(set) var count = 0
    func observes(eventsOfKind eventKind: DatabaseEventKind) -> Bool { true }
    func databaseDidChange(with event: DatabaseEvent) {}
    func databaseDidCommit(_ db: Database) { count += 1 }
    func databaseDidRollback(_ db: Database) {}
}
