import GRDB
package import JobQueue
package import MediaModel

extension SQLiteJobStore {
    package func advanceGeneration(
        of id: ItemID, beyond generation: Int, kind: MediaKind, at now: Timestamp
    ) async throws(JobStoreError) -> Int {
        try await committer.write { transaction in
            guard var item = try transaction.item(id) else { throw JobStoreError.itemNotFound(id) }
            if let live = try transaction.liveJob(of: id) {
                throw JobStoreError.itemBusy(id, jobID: live.id)
            }
            item.generation = max(item.generation, generation) + 1
            item.kind = kind
            item.state = .ready
            item.failure = nil
            item.updatedAt = now
            try transaction.save(item)
            var payload = EventPayload()
            payload.generation = item.generation
            try transaction.append(.itemRolledBack, item: id, job: nil, payload, at: now)
            return item.generation
        }
    }

    package func isShared(_ id: ItemID) async throws(JobStoreError) -> Bool {
        try await read { transaction in
            try transaction.row(
                """
                SELECT 1 FROM item AS mine JOIN item AS other
                ON other.sha256 = mine.sha256 AND other.id <> mine.id
                WHERE mine.id = ? LIMIT 1
                """, [id.rawValue]) != nil
        }
    }

    package func needsOriginal(_ sha256: String) async throws(JobStoreError) -> Bool {
        try await read { transaction in
            try transaction.row(
                "SELECT 1 FROM item WHERE sha256 = ? AND jobID IS NOT NULL LIMIT 1", [sha256])
                != nil
        }
    }

    package func remove(
        _ id: ItemID, isErased: Bool, at now: Timestamp
    ) async throws(JobStoreError) {
        try await committer.write { transaction in
            guard let item = try transaction.item(id) else { throw JobStoreError.itemNotFound(id) }
            if let live = try transaction.liveJob(of: id) {
                throw JobStoreError.itemBusy(id, jobID: live.id)
            }
            try transaction.execute(
                "DELETE FROM attempt WHERE jobID IN (SELECT id FROM job WHERE itemID = ?)",
                [id.rawValue])
            try transaction.execute("DELETE FROM job WHERE itemID = ?", [id.rawValue])
            try transaction.execute("DELETE FROM item WHERE id = ?", [id.rawValue])
            try transaction.forget(id)
            var payload = EventPayload()
            if isErased { payload.redacted = true }
            try transaction.append(
                .itemRemoved, item: isErased ? nil : id, job: nil, payload, at: now)
            if !isErased, let owner = item.owner {
                // The one entry that still names the item, for those who follow the log.
                try transaction.execute(
                    "INSERT INTO departed (sequence, owner) VALUES (?, ?)",
                    [transaction.db.lastInsertedRowID, owner])
            }
        }
    }
}
