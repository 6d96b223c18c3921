import GRDB
import JobQueue
import MediaModel
import Testing

@testable import JobStoreSQLite

/// Fresh uploads beside a reprocess of everything, on a virtual clock.
@Suite struct LaneSimulation {
    private static let catalogue = 40_000

    /// Forty thousand items are processed again, each for ten seconds, while forty uploads of five
    /// seconds arrive over the first hour.
    private func longestWait(of lane: Lane) async throws -> Int64 {
        let store = try SQLiteJobStore.inMemory()
        try await store.fill(with: Self.catalogue, in: .reprocess)
        var arrivals = (0..<40).map { Int64(60 + 90 * $0) }
        var fresh: [Int64: Int64] = [:]
        var running: [(job: Job, end: Int64)] = []
        var waits: [Int64] = []
        var clock: Int64 = 0
        while waits.count < 40, clock < 7200 {
            while let at = arrivals.first, at <= clock {
                arrivals.removeFirst()
                let offer = try sampleOffer("fresh-\(at)", lane: lane, at: after(clock))
                fresh[try await store.accept(offer, at: after(clock)).id] = at
            }
            for (job, end) in running where end <= clock {
                try await store.publish(job, at: after(clock))
            }
            running.removeAll { $0.end <= clock }
            let others = running.filter { $0.job.lane != .fresh }.count
            let free = Slots(
                total: 4, runningFresh: running.count - others, runningOthers: others)
            for job in try await store.claimAll(free, at: after(clock)) {
                if let at = fresh[job.id] { waits.append(clock - at) }
                running.append((job, clock + (fresh[job.id] == nil ? 10 : 5)))
            }
            clock = min(running.map(\.end).min() ?? .max, arrivals.first ?? .max)
        }
        return waits.count == 40 ? waits.max() ?? -1 : .max
    }

    @Test func freshUploadsDoNotWaitForAReprocessOfFortyThousand() async throws {
        let longest = try await longestWait(of: .fresh)
        print("lanes: beside 40,000 reprocessed items a fresh upload waits at most \(longest) s")
        // One of four slots is kept for them, and each is gone before the next arrives.
        #expect(longest == 0)
    }

    @Test func inTheLaneOfTheOthersTheyWouldNotBeginInTwoHours() async throws {
        #expect(try await longestWait(of: .reprocess) == .max)
    }
}

extension SQLiteJobStore {
    /// So many items with a job each, all alike.
    fileprivate func fill(with count: Int, in lane: Lane) async throws {
        let first = try await accept(sampleOffer("old-1", lane: lane))
        try await database.write { db in
            func copy(_ table: String, _ own: KeyValuePairs<String, String>) throws {
                let names = Set(own.map(\.key)).union(["row"])
                let others = try db.columns(in: table).map(\.name).filter { !names.contains($0) }
                try db.execute(
                    sql: """
                        WITH RECURSIVE seq(n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM seq WHERE n < ?)
                        INSERT INTO \(table) (\((own.map(\.key) + others).joined(separator: ", ")))
                        SELECT \((own.map(\.value) + others).joined(separator: ", "))
                        FROM seq, (SELECT * FROM \(table) LIMIT 1)
                        """, arguments: [count])
            }
            let job = "\(first.id - 1) + n"
            try copy("item", ["id": "'old-' || n", "jobID": job])
            try copy("job", ["id": job, "itemID": "'old-' || n"])
        }
        let waiting = try await status(at: noon).jobs[.available]
        guard waiting == count else { throw TestError("\(waiting ?? 0) jobs wait") }
    }
}
