import Foundation
import GRDB
import JobQueue
import MediaModel
import Testing

@testable import JobStoreSQLite

/// Members who bring films beside members who bring photographs, on a virtual clock.
@Suite struct FairShareSimulation {
    private static let film = (bytes: Int64(4_000_000_000), seconds: Int64(7200))
    private static let photograph = (bytes: Int64(8_000_000), seconds: Int64(15))

    private struct Waits {
        /// Seconds from arrival to begin, by owner.
        var byOwner: [String: [Int64]] = [:]

        func longest(_ owner: String) -> Int64 { byOwner[owner]?.max() ?? -1 }
        var photographs: [Int64] {
            byOwner.filter { $0.key.hasPrefix("photo") }.flatMap(\.value).sorted()
        }
    }

    /// Runs every job to its end and says how long each waited.
    /// - Parameter isFair: `false` gives all uploads to nobody: first come, first served.
    private func simulate(
        slots: Int, isFair: Bool,
        _ arrivals: [(at: Int64, owner: String, work: (bytes: Int64, seconds: Int64))]
    ) async throws -> Waits {
        let store = try SQLiteJobStore.inMemory()
        var arrivals = arrivals.sorted { $0.at < $1.at }
        var whose: [Int64: (owner: String, at: Int64, seconds: Int64)] = [:]
        var running: [(job: Job, end: Int64)] = []
        var waits = Waits()
        var clock: Int64 = 0
        while !arrivals.isEmpty || whose.count > waits.byOwner.values.reduce(0, { $0 + $1.count })
            || !running.isEmpty
        {
            while let next = arrivals.first, next.at <= clock {
                arrivals.removeFirst()
                var offer = try sampleOffer(
                    "item-\(whose.count)", bytes: "\(whose.count % 10)",
                    owner: isFair ? next.owner : nil, at: after(clock))
                offer.upload.byteCount = next.work.bytes
                let job = try await store.accept(offer, at: after(clock))
                whose[job.id] = (next.owner, next.at, next.work.seconds)
            }
            for (job, _) in running
            where running.contains(where: {
                $0.job.id == job.id && $0.end <= clock
            }) {
                _ = try await store.completePublishing(
                    publication(of: job), jobID: job.id, token: job.lease?.token ?? 0,
                    cpuSeconds: Double(whose[job.id]?.seconds ?? 0), at: after(clock))
            }
            running.removeAll { $0.end <= clock }
            let free = Slots(total: slots, runningFresh: running.count, runningOthers: 0)
            for job in try await store.claimAll(free, at: after(clock)) {
                guard let (owner, at, seconds) = whose[job.id] else { continue }
                waits.byOwner[owner, default: []].append(clock - at)
                running.append((job, clock + seconds))
            }
            let moments = running.map(\.end) + (arrivals.first.map { [$0.at] } ?? [])
            clock = moments.min() ?? clock
        }
        return waits
    }

    @Test func filmsOfOneMemberDoNotHoldUpThePhotographsOfOthers() async throws {
        // One member brings ten films of two hours; a minute later four others forty photographs.
        let arrivals =
            (0..<10).map { _ in (at: Int64(0), owner: "films", work: Self.film) }
            + (0..<40).map { (at: Int64(60), owner: "photo-\($0 % 4)", work: Self.photograph) }
        let fair = try await simulate(slots: 2, isFair: true, arrivals)
        let unfair = try await simulate(slots: 2, isFair: false, arrivals)
        let (best, worst) = (fair.photographs, unfair.photographs)
        print(
            "fair share: 40 photographs behind ten films of two hours wait at most "
                + "\(best[39]) s, \(best[20]) s in the middle; first come, first served: "
                + "\(worst[39]) s, \(worst[20]) s. The films wait at most "
                + "\(fair.longest("films")) s and \(unfair.longest("films")) s.")
        // The two films that have begun are not interrupted; none is begun before the photographs.
        #expect(best[39] <= 7200 + 40 * 15 / 2)
        #expect(worst[0] >= 4 * 7200)
        // It costs the films no more than the photographs take.
        #expect(fair.longest("films") <= unfair.longest("films") + 40 * 15)
    }

    @Test func photographsPassAWaitingFilm() async throws {
        // The slots are taken; a film waits before forty photographs, others' and its member's.
        let arrivals =
            [(at: Int64(0), owner: "early", work: Self.photograph)]
            + [(at: Int64(1), owner: "anna", work: Self.photograph)]
            + [(at: Int64(2), owner: "anna", work: Self.film)]
            + (0..<40).map { (at: Int64(3), owner: "photo-\($0 % 4)", work: Self.photograph) }
            + [(at: Int64(4), owner: "anna", work: Self.photograph)]
        let fair = try await simulate(slots: 1, isFair: true, arrivals)
        print(
            "fair share: with a film waiting before them, 40 photographs wait at most "
                + "\(fair.photographs[39]) s, and the last of the film's member "
                + "\(fair.longest("anna")) s")
        #expect(fair.photographs[39] <= 43 * 15)
        #expect(fair.longest("anna") <= 43 * 15 + 7200)
    }

    @Test func whoComesLaterStartsWithTheOthers() async throws {
        let store = try SQLiteJobStore.inMemory()
        func offer(_ number: Int, _ owner: String?, bytes: Int64 = 1_000_000) async throws {
            var offer = try sampleOffer("item-\(number)", owner: owner)
            offer.upload.byteCount = bytes
            _ = try await store.accept(offer)
        }
        for number in 0..<6 { try await offer(number, "anna") }
        var order: [String] = []
        for _ in 0..<3 {
            let job = try await store.claimOne()
            order.append(job.itemID.rawValue)
            try await store.publish(job)
        }
        // Bert has saved nothing up while Anna worked: from here on they take turns.
        for number in 10..<13 { try await offer(number, "bert") }
        for _ in 0..<6 {
            let job = try await store.claimOne()
            order.append(job.itemID.rawValue)
            try await store.publish(job)
        }
        #expect(
            order == [
                "item-0", "item-1", "item-2", "item-3", "item-10", "item-4", "item-11", "item-5",
                "item-12",
            ])
        let left = try await store.database.read { db in
            try Int.fetchOne(db, sql: "SELECT COUNT(*) FROM share WHERE owner = 'bert'")
        }
        #expect(left ?? 9 <= 1)
    }
}
