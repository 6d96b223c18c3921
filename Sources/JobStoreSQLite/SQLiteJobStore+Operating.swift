import GRDB
package import JobQueue
package import MediaModel

extension SQLiteJobStore {
    package func requestCancel(
        jobID: Int64, at now: Timestamp
    ) async throws(JobStoreError) -> Transition {
        try await move(jobID, .cancelRequested, at: now)
    }

    package func hold(jobID: Int64, at now: Timestamp) async throws(JobStoreError) -> Transition {
        try await move(jobID, .held, at: now)
    }

    package func release(
        jobID: Int64, at now: Timestamp
    ) async throws(JobStoreError) -> Transition {
        try await move(jobID, .released, at: now)
    }

    package func retry(jobID: Int64, at now: Timestamp) async throws(JobStoreError) -> Transition {
        try await committer.write { [machine] transaction in
            guard var job = try transaction.job(jobID) else {
                throw JobStoreError.jobNotFound(jobID)
            }
            if let live = try transaction.liveJob(of: job.itemID), live.id != jobID {
                throw JobStoreError.itemBusy(job.itemID, jobID: live.id)
            }
            // Another job may have published since this one was made.
            job.priorGeneration = try transaction.item(job.itemID)?.generation ?? 0
            return try transaction.move(job, .retryRequested, by: machine, at: now)
        }
    }

    private func move(
        _ jobID: Int64, _ event: JobEvent, at now: Timestamp
    ) async throws(JobStoreError) -> Transition {
        try await committer.write { [machine] transaction in
            guard let job = try transaction.job(jobID) else {
                throw JobStoreError.jobNotFound(jobID)
            }
            return try transaction.move(job, event, by: machine, at: now)
        }
    }

    package func pause(until: Timestamp?, at now: Timestamp) async throws(JobStoreError) {
        try await committer.write { transaction in
            try transaction.execute(
                "INSERT OR REPLACE INTO pause VALUES (1, ?, ?)",
                [now.millisecondsSince1970, until?.millisecondsSince1970])
            var payload = EventPayload()
            payload.until = until
            try transaction.append(.queuePaused, item: nil, job: nil, payload, at: now)
        }
    }

    package func resume(at now: Timestamp) async throws(JobStoreError) {
        try await committer.write { transaction in
            try transaction.execute("DELETE FROM pause", [])
            try transaction.append(.queueResumed, item: nil, job: nil, EventPayload(), at: now)
        }
    }

    package func itemsToQuarantine(limit: Int) async throws(JobStoreError) -> [ItemRecord] {
        try await read { transaction in
            try transaction.rows(
                """
                SELECT * FROM item WHERE state = 'failed' AND isQuarantined = 0
                ORDER BY row LIMIT ?
                """, [limit]
            ).map(ItemRecord.init(row:))
        }
    }

    package func markQuarantined(
        _ id: ItemID, at now: Timestamp
    ) async throws(JobStoreError) {
        try await committer.write { transaction in
            // Only while it is still so: an operator may have retried the job meanwhile.
            try transaction.execute(
                """
                UPDATE item SET isQuarantined = 1, updatedAt = ?
                WHERE id = ? AND state = 'failed' AND isQuarantined = 0
                """, [now.millisecondsSince1970, id.rawValue])
        }
    }
}
