import GRDB
package import JobQueue
package import MediaModel

extension SQLiteJobStore {
    package func keptAnswer(
        to key: String, at now: Timestamp
    ) async throws(JobStoreError) -> KeptAnswer? {
        try await read { transaction in
            try transaction.row(
                "SELECT * FROM answer WHERE key = ? AND keptAt > ?",
                [key, Self.oldest(at: now)]
            ).map {
                KeptAnswer(
                    key: $0["key"], fingerprint: $0["fingerprint"], status: $0["status"],
                    body: $0["body"])
            }
        }
    }

    package func keep(_ answer: KeptAnswer, at now: Timestamp) async throws(JobStoreError) {
        try await committer.write { transaction in
            try transaction.execute(
                "DELETE FROM answer WHERE keptAt <= ?", [Self.oldest(at: now)])
            try transaction.execute(
                """
                INSERT INTO answer (key, fingerprint, status, body, keptAt) VALUES (?, ?, ?, ?, ?)
                ON CONFLICT DO NOTHING
                """,
                [
                    answer.key, answer.fingerprint, answer.status, answer.body,
                    now.millisecondsSince1970,
                ])
        }
    }

    private static func oldest(at now: Timestamp) -> Int64 {
        now.advanced(by: .zero - KeptAnswer.lifetime).millisecondsSince1970
    }
}
