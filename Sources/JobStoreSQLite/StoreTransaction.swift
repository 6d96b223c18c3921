import Failpoints
import GRDB
import JobQueue
import MediaModel

/// The statements of one batch: rows in, rows out, no decisions.
///
/// Made for a batch and used on the writer queue only.
final class StoreTransaction {
    let db: Database
    /// Whether followers should be woken after the commit.
    private(set) var hasEvents = false

    init(_ db: Database) {
        self.db = db
    }

    func execute(_ sql: String, _ arguments: StatementArguments) throws {
        try db.cachedStatement(sql: sql).execute(arguments: arguments)
    }

    func row(_ sql: String, _ arguments: StatementArguments) throws -> Row? {
        try Row.fetchOne(db.cachedStatement(sql: sql), arguments: arguments)
    }

    func rows(_ sql: String, _ arguments: StatementArguments) throws -> [Row] {
        try Row.fetchAll(db.cachedStatement(sql: sql), arguments: arguments)
    }

    // MARK: Jobs

    func job(_ id: Int64) throws -> Job? {
        try row("\(Job.select) WHERE job.id = ?", [id]).map(Job.init(row:))
    }

    /// The newest job of an item that satisfies a condition on `job`.
    func newestJob(of item: ItemID, where condition: String, _ value: String) throws -> Job? {
        try row(
            "\(Job.select) WHERE job.itemID = ? AND \(condition) ORDER BY job.id DESC LIMIT 1",
            [item.rawValue, value]
        ).map(Job.init(row:))
    }

    func liveJob(of item: ItemID) throws -> Job? {
        // Spelled as in the index `oneLiveJob`, or SQLite does not use it.
        try row(
            """
            \(Job.select) WHERE job.itemID = ?
            AND job.state IN ('available', 'running', 'retryable', 'held')
            """, [item.rawValue]
        ).map(Job.init(row:))
    }

    /// Inserts a new, available job; the result has its id.
    func insert(_ job: Job) throws -> Job {
        let cost = FairShare.expectedCost(ofBytes: job.upload.byteCount)
        let turn = try takeTurn(in: job.lane, of: job.upload.sidecar.owner, cost: cost)
        try execute(
            """
            INSERT INTO job (itemID, recipe, identity, lane, priority, state, runAfter, createdAt,
                updatedAt, total, crashed, transient, abandoned, cancelRequested, furthestPercent,
                priorGeneration, redoesAll, turn, cost)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, 0, 0, 0, 0, ?, ?, ?, ?)
            """,
            [
                job.itemID.rawValue, job.recipe, job.identity, job.lane.rawValue, job.priority,
                job.state.rawValue, job.runAfter.millisecondsSince1970,
                job.createdAt.millisecondsSince1970, job.updatedAt.millisecondsSince1970,
                job.priorGeneration, job.redoesAll, turn, cost,
            ])
        var inserted = job
        inserted.id = db.lastInsertedRowID
        return inserted
    }

    func update(_ job: Job) throws {
        try execute(
            """
            UPDATE job SET state = ?, runAfter = ?, updatedAt = ?, leaseHolder = ?, leaseToken = ?,
                leaseExpiresAt = ?, total = ?, crashed = ?, transient = ?, abandoned = ?,
                failure = ?, cancelRequested = ?, progress = ?, furthestPercent = ?,
                priorGeneration = ?, resultGeneration = ?
            WHERE id = ?
            """,
            [
                job.state.rawValue, job.runAfter.millisecondsSince1970,
                job.updatedAt.millisecondsSince1970, job.lease?.holder, job.lease?.token,
                job.lease?.expiresAt.millisecondsSince1970, job.attempts.total,
                job.attempts.crashed, job.attempts.transient, job.attempts.abandoned,
                try job.failure.map(jsonText), job.cancelRequested, try job.progress.map(jsonText),
                job.furthestPercent, job.priorGeneration, job.resultGeneration, job.id,
            ])
    }

    // MARK: Attempts

    func insert(_ attempt: Attempt) throws {
        try execute(
            "INSERT INTO attempt (jobID, number, holder, startedAt) VALUES (?, ?, ?, ?)",
            [
                attempt.jobID, attempt.number, attempt.holder,
                attempt.startedAt.millisecondsSince1970,
            ])
    }

    func endAttempt(
        jobID: Int64, number: Int, _ outcome: Attempt.Outcome, _ failure: Failure?,
        cpuSeconds: Double?, at now: Timestamp
    ) throws {
        try execute(
            """
            UPDATE attempt SET endedAt = ?, outcome = ?, failure = ?, cpuSeconds = ?
            WHERE jobID = ? AND number = ?
            """,
            [
                now.millisecondsSince1970, outcome.rawValue, try failure.map(jsonText), cpuSeconds,
                jobID, number,
            ])
    }

    // MARK: Items

    func item(_ id: ItemID) throws -> ItemRecord? {
        try row("SELECT * FROM item WHERE id = ?", [id.rawValue]).map(ItemRecord.init(row:))
    }

    /// Inserts or replaces everything but the item's place in the order of arrival.
    func save(_ item: ItemRecord) throws {
        try execute(
            """
            INSERT INTO item (id, kind, state, generation, fileName, byteCount, sha256, owner,
                recipe, receivedAt, updatedAt, manifestPath, failure, jobID, isQuarantined, sidecar)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)
            ON CONFLICT (id) DO UPDATE SET kind = ?2, state = ?3, generation = ?4, fileName = ?5,
                byteCount = ?6, sha256 = ?7, owner = ?8, recipe = ?9, receivedAt = ?10,
                updatedAt = ?11, manifestPath = ?12, failure = ?13, jobID = ?14,
                isQuarantined = ?15, sidecar = ?16
            """,
            [
                item.id.rawValue, item.kind?.rawValue, item.state.rawValue, item.generation,
                item.fileName, item.byteCount, item.sha256, item.owner, item.recipe,
                item.receivedAt.millisecondsSince1970, item.updatedAt.millisecondsSince1970,
                item.manifestPath, try item.failure.map(jsonText), item.jobID, item.isQuarantined,
                item.sidecar == Sidecar() ? "{}" : try jsonText(item.sidecar),
            ])
    }

    // MARK: Events

    func append(
        _ type: EventType, item: ItemID?, job: Int64?, _ payload: EventPayload, at now: Timestamp
    ) throws {
        #if DEBUG
            if SeededBug.eventForgotten.isOn, type == .jobCompleted { return }
            if SeededBug.eventTwice.isOn, type == .jobStarted {
                try execute(
                    "INSERT INTO event (time, type, itemID, jobID, payload) VALUES (?, ?, ?, ?, ?)",
                    [
                        now.millisecondsSince1970, type.rawValue, item?.rawValue, job,
                        try jsonText(payload),
                    ])
            }
        #endif
        try execute(
            "INSERT INTO event (time, type, itemID, jobID, payload) VALUES (?, ?, ?, ?, ?)",
            [
                now.millisecondsSince1970, type.rawValue, item?.rawValue, job,
                try jsonText(payload),
            ])
        hasEvents = true
    }
}
