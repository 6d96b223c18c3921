import GRDB
package import JobQueue
package import MediaModel

extension SQLiteJobStore {
    package func beginErasure(
        of owner: OwnerName, at now: Timestamp
    ) async throws(JobStoreError) {
        try await committer.write { transaction in
            try transaction.execute(
                "INSERT INTO erasure (owner, since) VALUES (?, ?) ON CONFLICT DO NOTHING",
                [owner.rawValue, now.millisecondsSince1970])
        }
    }

    package func erasures() async throws(JobStoreError) -> [OwnerName] {
        try await read { transaction in
            try transaction.rows("SELECT owner FROM erasure ORDER BY since, owner", [])
                .compactMap { OwnerName($0["owner"]) }
        }
    }

    package func traces(of owner: OwnerName) async throws(JobStoreError) -> OwnerTraces {
        let copies = try migrationCopies?.count() ?? 0
        return try await read { transaction in
            func number(_ sql: String) throws -> Int {
                try transaction.row(sql, [owner.rawValue])?[0] ?? 0
            }
            // Whether somebody else's item has the same bytes.
            let shared = """
                EXISTS (SELECT 1 FROM item AS other
                    WHERE other.sha256 = item.sha256 AND other.owner IS NOT item.owner)
                """
            let own = "FROM item WHERE owner = ? AND sha256 IS NOT NULL"
            return OwnerTraces(
                jobs: try number(
                    """
                    SELECT COUNT(*) FROM item JOIN job ON job.itemID = item.id
                    WHERE item.owner = ?
                    """),
                events: try number(
                    """
                    SELECT COUNT(*) FROM item JOIN event ON event.itemID = item.id
                    WHERE item.owner = ?
                    """) + number("SELECT COUNT(*) FROM departed WHERE owner = ?"),
                originals: try number("SELECT COUNT(DISTINCT sha256) \(own) AND NOT \(shared)"),
                originalBytes: Int64(
                    try number(
                        """
                        SELECT COALESCE(SUM(byteCount), 0) FROM
                            (SELECT DISTINCT sha256, byteCount \(own) AND NOT \(shared))
                        """)),
                sharedOriginals: try number("SELECT COUNT(DISTINCT sha256) \(own) AND \(shared)"),
                catalogueCopies: copies)
        }
    }

    package func finishErasure(
        of owner: OwnerName, at now: Timestamp
    ) async throws(JobStoreError) {
        try await committer.write { transaction in
            try transaction.execute(
                """
                UPDATE event SET itemID = NULL, payload = ?
                WHERE sequence IN (SELECT sequence FROM departed WHERE owner = ?)
                """, [try EventPayload.redactedText(), owner.rawValue])
            try transaction.execute("DELETE FROM departed WHERE owner = ?", [owner.rawValue])
            try transaction.execute("DELETE FROM share WHERE owner = ?", [owner.rawValue])
        }
        try await rewrite()
        try migrationCopies?.removeAll()
        // Only now: whoever dies before this does it all again.
        try await committer.write { transaction in
            try transaction.execute("DELETE FROM erasure WHERE owner = ?", [owner.rawValue])
            try transaction.append(.ownerErased, item: nil, job: nil, EventPayload(), at: now)
        }
        try await emptyLog()
    }

    /// Writes the whole file anew, without what rows that were deleted have left in free pages and
    /// in the gaps between others. Nobody writes meanwhile.
    private func rewrite() async throws(JobStoreError) {
        do {
            try await database.barrierWriteWithoutTransaction { db in
                // The second copy of everything goes through a file, not through memory.
                try db.execute(sql: "PRAGMA temp_store = DEFAULT")
                defer { try? db.execute(sql: "PRAGMA temp_store = MEMORY") }
                try db.execute(sql: "VACUUM")
            }
        } catch {
            throw JobStoreError(error)
        }
        try await emptyLog()
    }

    /// Brings the write-ahead log into the file and cuts it to nothing: what is in it would stay
    /// readable until something else is written over it.
    private func emptyLog() async throws(JobStoreError) {
        do {
            let isWhole = try await database.barrierWriteWithoutTransaction { db in
                try Self.emptyLog(db)
            }
            guard isWhole else {
                throw JobStoreError.unavailable("something else reads its file and keeps its log")
            }
        } catch {
            throw JobStoreError(error)
        }
    }

    /// - Returns: `false` when somebody keeps the log.
    static func emptyLog(_ db: Database) throws -> Bool {
        // https://www.sqlite.org/pragma.html#pragma_wal_checkpoint: the first number is "busy".
        try Int.fetchOne(db, sql: "PRAGMA wal_checkpoint(TRUNCATE)") == 0
    }
}

extension EventPayload {
    /// What an entry says once it must not say anything.
    static func redactedText() throws -> String {
        var payload = EventPayload()
        payload.redacted = true
        return try jsonText(payload)
    }
}

extension StoreTransaction {
    /// Takes an item out of what is kept beside its rows: names and reasons in the event log, whose
    /// entries stay with their numbers, and answers to repeated requests.
    func forget(_ id: ItemID) throws {
        try execute(
            "UPDATE event SET itemID = NULL, payload = ? WHERE itemID = ?",
            [try EventPayload.redactedText(), id.rawValue])
        try execute(
            "DELETE FROM answer WHERE instr(CAST(body AS TEXT), ?) > 0", [id.rawValue])
    }
}
