import GRDB
package import JobQueue
package import MediaModel

extension SQLiteJobStore {
    package func portfolioItems(
        of owner: OwnerName
    ) async throws(JobStoreError) -> [PortfolioItem] {
        try await read { transaction in
            // A job that was never begun has published nothing: most of a bulk reprocess.
            try transaction.rows(
                """
                SELECT item.id, item.generation, item.receivedAt, item.sidecar,
                    job.id IS NULL OR job.total = 0 OR job.state = 'completed' AS isSettled
                FROM item LEFT JOIN job ON job.id = item.jobID WHERE item.owner = ?
                """, [owner.rawValue]
            ).map { row in
                PortfolioItem(
                    id: try row.itemID("id"), generation: row["generation"],
                    receivedAt: row.time("receivedAt"), position: try row.sidecar().position,
                    isSettled: row["isSettled"])
            }
        }
    }

    package func ownerNames() async throws(JobStoreError) -> [OwnerName] {
        try await read { transaction in
            try transaction.rows(
                "SELECT DISTINCT owner FROM item WHERE owner IS NOT NULL ORDER BY owner", []
            ).compactMap { OwnerName($0["owner"]) }
        }
    }
}
