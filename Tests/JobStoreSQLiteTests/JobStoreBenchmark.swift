import Foundation
import GRDB
import JobQueue
import JobStoreSQLite
import Testing

/// Row 14: durable enqueue + claim + complete against a raw SQLite loop of the same durability.
///
/// Prints and asserts nothing about time; runs only with `VITRINE_BENCH` set. `VITRINE_BENCH_ROWS`
/// lists the sizes (default `1000,100000`).
@Suite(.serialized, .enabled(if: ProcessInfo.processInfo.environment["VITRINE_BENCH"] != nil))
struct JobStoreBenchmark {
    /// As many callers at once as share a commit. The raw loop runs twice: with a commit for each
    /// operation, as one caller must, and in batches of this size, which one caller that waits for
    /// each answer cannot.
    private static let width = 64

    @Test func durableThroughputAgainstARawLoop() async throws {
        let list = ProcessInfo.processInfo.environment["VITRINE_BENCH_ROWS"] ?? "1000,100000"
        for rows in list.split(separator: ",").compactMap({ Int($0) }) {
            var single: [Double] = []
            var batched: [Double] = []
            for _ in 1...5 {
                let each = try await seconds { try Self.rawLoop(rows, batch: 1, in: $0) }
                let raw = try await seconds { try Self.rawLoop(rows, batch: Self.width, in: $0) }
                let store = try await seconds { try await Self.storeLoop(rows, in: $0) }
                single.append(each / store)
                batched.append(raw / store)
                print(
                    "row 14: \(rows) jobs: raw \(each) s, raw in batches \(raw) s, "
                        + "store \(store) s, \(Int(Double(rows) / store)) jobs/s")
            }
            print(
                "row 14: \(rows) jobs: ratio \(single.sorted()[2]), against batches "
                    + "\(batched.sorted()[2]) (medians of 5)")
        }
    }

    private func seconds(_ body: (String) async throws -> Void) async throws -> Double {
        var elapsed = Duration.zero
        try await withTemporaryDirectory { directory in
            let start = ContinuousClock.now
            try await body("\(directory)/bench.sqlite")
            elapsed = .now - start
        }
        return elapsed / .seconds(1)
    }

    private static func storeLoop(_ rows: Int, in path: String) async throws {
        let store = try SQLiteJobStore(path: path)
        try await each(rows) { _ = try await store.accept(sampleOffer("item\($0)")) }
        let slots = Slots(total: 1, runningFresh: 0, runningOthers: 0)
        try await each(rows) { _ in
            for job in try await store.claimAll(slots) { try await store.publish(job) }
        }
        #expect(try await store.status(at: noon).jobs[.completed] == rows)
        try await store.close()
    }

    private static func each(
        _ rows: Int, _ body: @escaping @Sendable (Int) async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for lane in 0..<width {
                group.addTask {
                    for number in stride(from: lane, to: rows, by: width) { try await body(number) }
                }
            }
            try await group.waitForAll()
        }
    }

    /// The least that the same promises need: the same rows, one index to claim by, FULL.
    private static func rawLoop(_ rows: Int, batch: Int, in path: String) throws {
        let database = try DatabaseQueue(path: path)
        try database.writeWithoutTransaction { db in
            try db.execute(
                sql: """
                    PRAGMA journal_mode = WAL;
                    PRAGMA synchronous = FULL;
                    CREATE TABLE item (id TEXT PRIMARY KEY, state TEXT, sha TEXT, name TEXT);
                    CREATE TABLE job (id INTEGER PRIMARY KEY, item TEXT, state TEXT, token INTEGER);
                    CREATE INDEX claimable ON job(id) WHERE state = 'available';
                    CREATE TABLE attempt (job INTEGER, number INTEGER, outcome TEXT,
                        PRIMARY KEY (job, number)) WITHOUT ROWID;
                    CREATE TABLE event (sequence INTEGER PRIMARY KEY, type TEXT, payload TEXT);
                    """)
            let insertItem = try db.makeStatement(
                sql: "INSERT INTO item VALUES (?, 'received', ?, ?)")
            let insertJob = try db.makeStatement(
                sql: "INSERT INTO job (item, state, token) VALUES (?, 'available', 0)")
            let insertEvent = try db.makeStatement(
                sql: "INSERT INTO event (type, payload) VALUES (?, ?)")
            let select = try db.makeStatement(
                sql: "SELECT id FROM job WHERE state = 'available' ORDER BY id LIMIT 1")
            let take = try db.makeStatement(
                sql: "UPDATE job SET state = 'running', token = token + 1 WHERE id = ?")
            let insertAttempt = try db.makeStatement(
                sql: "INSERT INTO attempt VALUES (?, 1, NULL)")
            let complete = try db.makeStatement(
                sql: "UPDATE job SET state = 'completed' WHERE id = ? AND token = 1")
            let endAttempt = try db.makeStatement(
                sql: "UPDATE attempt SET outcome = 'completed' WHERE job = ? AND number = 1")
            let endItem = try db.makeStatement(
                sql:
                    "UPDATE item SET state = 'ready' WHERE id = (SELECT item FROM job WHERE id = ?)"
            )
            func inBatches(_ body: (Int) throws -> Void) throws {
                for start in stride(from: 0, to: rows, by: batch) {
                    try db.inTransaction(.immediate) {
                        for number in start..<min(rows, start + batch) { try body(number) }
                        return .commit
                    }
                }
            }
            let sha = String(repeating: "a", count: 64)
            try inBatches { number in
                try insertItem.execute(arguments: ["item\(number)", sha, "item\(number).jpg"])
                try insertJob.execute(arguments: ["item\(number)"])
                try insertEvent.execute(arguments: ["job.created", "{}"])
            }
            var claimed: [Int64] = []
            try inBatches { _ in
                guard let id = try Int64.fetchOne(select) else { return }
                try take.execute(arguments: [id])
                try insertAttempt.execute(arguments: [id])
                try insertEvent.execute(arguments: ["job.started", "{}"])
                claimed.append(id)
            }
            try inBatches { number in
                try complete.execute(arguments: [claimed[number]])
                try endAttempt.execute(arguments: [claimed[number]])
                try endItem.execute(arguments: [claimed[number]])
                try insertEvent.execute(arguments: ["job.completed", "{}"])
            }
        }
    }
}
