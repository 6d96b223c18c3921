import GRDB
package import JobQueue
package import MediaModel
import Synchronization

extension SQLiteJobStore {
    package func status(at now: Timestamp) async throws(JobStoreError) -> QueueStatus {
        try await read { transaction in
            var jobs = Dictionary(uniqueKeysWithValues: JobState.allCases.map { ($0, 0) })
            var items = Dictionary(uniqueKeysWithValues: ItemState.allCases.map { ($0, 0) })
            for row in try transaction.rows("SELECT entity, state, count FROM tally", []) {
                if row["entity"] == "job" {
                    jobs[try row.value("state", as: JobState.self)] = row["count"]
                } else {
                    items[try row.value("state", as: ItemState.self)] = row["count"]
                }
            }
            let oldest = try transaction.row(
                "SELECT createdAt FROM job WHERE state = 'available' ORDER BY id LIMIT 1", [])
            let pause = try transaction.pause().flatMap { $0.isInForce(at: now) ? $0 : nil }
            return QueueStatus(
                jobs: jobs, items: items, pause: pause,
                oldestAvailable: oldest?.time("createdAt"))
        }
    }

    package func nextDue(after now: Timestamp) async throws(JobStoreError) -> Timestamp? {
        try await read { transaction in
            let due = try transaction.row(
                "SELECT min(runAfter) AS due FROM job WHERE state = 'retryable'", [])?
                .optionalTime("due")
            guard let pause = try transaction.pause(), pause.isInForce(at: now) else { return due }
            return pause.until
        }
    }

    package func job(_ id: Int64) async throws(JobStoreError) -> Job? {
        try await read { try $0.job(id) }.map(withProgress)
    }

    package func jobs(
        _ filter: JobFilter, after cursor: PageCursor?, limit: Int
    ) async throws(JobStoreError) -> Page<Job> {
        let limit = Self.clamp(limit)
        var conditions = Conditions()
        if let state = filter.state { conditions.add("job.state = ?", state.rawValue) }
        if let item = filter.itemID { conditions.add("job.itemID = ?", item.rawValue) }
        if let cursor { conditions.add("job.id < ?", cursor.row) }
        let sql = "\(Job.select) \(conditions.clause) ORDER BY job.id DESC LIMIT \(limit + 1)"
        let arguments = conditions.arguments
        let jobs = try await read { try $0.rows(sql, arguments).map(Job.init(row:)) }
            .map(withProgress)
        let page = jobs.prefix(limit)
        return Page(
            elements: Array(page),
            next: jobs.count > limit ? page.last.map { PageCursor(key: $0.id, row: $0.id) } : nil)
    }

    package func attempts(jobID: Int64) async throws(JobStoreError) -> [Attempt] {
        try await read { transaction in
            try transaction.rows(
                "SELECT * FROM attempt WHERE jobID = ? ORDER BY number", [jobID]
            ).map(Attempt.init(row:))
        }
    }

    package func experience(of kind: MediaKind) async throws(JobStoreError) -> Experience {
        try await read { try $0.experience(of: kind) }
    }

    package func item(_ id: ItemID) async throws(JobStoreError) -> ItemRecord? {
        try await read { try $0.item(id) }
    }

    package func items(
        _ filter: ItemFilter, after cursor: PageCursor?, limit: Int
    ) async throws(JobStoreError) -> Page<ItemRecord> {
        let limit = Self.clamp(limit)
        let (sql, arguments) = Self.itemQuery(filter, after: cursor, limit: limit + 1)
        let found = try await read { transaction in
            try transaction.rows(sql, arguments).map { row in
                let record = try ItemRecord(row: row)
                return (
                    record,
                    PageCursor(key: record.receivedAt.millisecondsSince1970, row: row["row"])
                )
            }
        }
        let page = found.prefix(limit)
        return Page(
            elements: page.map(\.0), next: found.count > limit ? page.last?.1 : nil)
    }

    static func itemQuery(
        _ filter: ItemFilter, after cursor: PageCursor?, limit: Int
    ) -> (sql: String, arguments: StatementArguments) {
        var conditions = Conditions()
        if let state = filter.state { conditions.add("state = ?", state.rawValue) }
        if let kind = filter.kind { conditions.add("kind = ?", kind.rawValue) }
        if let owner = filter.owner { conditions.add("owner = ?", owner) }
        if let since = filter.since {
            conditions.add("receivedAt >= ?", since.millisecondsSince1970)
        }
        if let cursor { conditions.add("(receivedAt, row) < (?, ?)", cursor.key, cursor.row) }
        return (
            "SELECT * FROM item \(conditions.clause) "
                + "ORDER BY receivedAt DESC, row DESC LIMIT \(limit)", conditions.arguments
        )
    }

    package func events(
        since sequence: Int64, limit: Int
    ) async throws(JobStoreError) -> [EventRecord] {
        let limit = Self.clamp(limit)
        return try await read { transaction in
            try transaction.rows(
                "SELECT * FROM event WHERE sequence > ? ORDER BY sequence LIMIT ?",
                [sequence, limit]
            ).map(EventRecord.init(row:))
        }
    }

    /// A page is at most a thousand rows, whatever a client asks for.
    private static func clamp(_ limit: Int) -> Int { min(1000, max(1, limit)) }

    /// Newer than what the last heartbeat wrote.
    private func withProgress(_ job: Job) -> Job {
        guard let token = job.lease?.token,
            let newest = progress.withLock({ $0[job.id] }), newest.token == token
        else { return job }
        var job = job
        job.progress = newest.progress
        return job
    }
}

/// The terms of a WHERE clause with their values.
private struct Conditions {
    private var terms: [String] = []
    private(set) var arguments = StatementArguments()

    mutating func add(_ term: String, _ values: (any DatabaseValueConvertible)...) {
        terms.append(term)
        arguments += StatementArguments(values)
    }

    var clause: String { terms.isEmpty ? "" : "WHERE " + terms.joined(separator: " AND ") }
}
