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

    package func owners(
        after name: OwnerName?, limit: Int
    ) async throws(JobStoreError) -> [OwnerRecord] {
        try await read { transaction in
            try transaction.rows(
                """
                \(Self.ownerSelect) WHERE item.owner > ? GROUP BY item.owner ORDER BY item.owner
                LIMIT ?
                """, [name?.rawValue ?? "", limit]
            ).compactMap { try OwnerRecord(row: $0) }
        }
    }

    package func owner(_ name: OwnerName) async throws(JobStoreError) -> OwnerRecord? {
        try await read { transaction in
            if let row = try transaction.row(
                "\(Self.ownerSelect) WHERE item.owner = ? GROUP BY item.owner", [name.rawValue])
            {
                return try OwnerRecord(row: row)
            }
            let rest = try transaction.row(
                """
                SELECT EXISTS (SELECT 1 FROM erasure WHERE owner = ?1) AS isErasing,
                    EXISTS (SELECT 1 FROM departed WHERE owner = ?1) AS isInLog
                """, [name.rawValue])
            guard let rest, rest["isErasing"] || rest["isInLog"] else { return nil }
            return OwnerRecord(
                name: name, states: [:], byteCount: 0, latestAt: nil, isErasing: rest["isErasing"])
        }
    }

    /// One row per member, from the rows of an index that has them together.
    private static let ownerSelect = """
        SELECT item.owner AS owner, SUM(item.byteCount) AS byteCount,
            MAX(item.receivedAt) AS latestAt,
            \(ItemState.allCases.map { "SUM(item.state = '\($0.rawValue)') AS \($0.rawValue)" }
                .joined(separator: ", ")),
            EXISTS (SELECT 1 FROM erasure WHERE erasure.owner = item.owner) AS isErasing
        FROM item
        """
}

extension OwnerRecord {
    /// nil for a name that an earlier version took and this one does not.
    init?(row: Row) throws {
        guard let name = OwnerName(row["owner"]) else { return nil }
        var states: [ItemState: Int] = [:]
        for state in ItemState.allCases {
            let count: Int = row[state.rawValue]
            if count > 0 { states[state] = count }
        }
        self.init(
            name: name, states: states, byteCount: row["byteCount"],
            latestAt: row.optionalTime("latestAt"), isErasing: row["isErasing"])
    }
}
