import Foundation
import GRDB
import JobQueue
import MediaModel
import Testing

@testable import JobStoreSQLite

/// What is left of a member in the store's files: nothing.
@Suite struct ErasureTests {
    private func words(in directory: String, _ words: [String]) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: directory).flatMap { name in
            let bytes = try Data(contentsOf: URL(filePath: "\(directory)/\(name)"))
            return words.filter { bytes.range(of: Data($0.utf8)) != nil }.map { "\($0) in \(name)" }
        }
    }

    @Test func namesAreInNoByteOfAnyFile() async throws {
        try await withTemporaryDirectory { directory in
            let store = try SQLiteJobStore(path: "\(directory)/vitrine.sqlite")
            let owner = try #require(OwnerName("mehitabel"))
            // Among others, so that rows are moved from page to page.
            var ids: [ItemID] = []
            for number in 0..<150 {
                let bytes = number.isMultiple(of: 2) ? "a" : "b"
                _ = try await store.accept(
                    sampleOffer("other-\(number)", bytes: bytes, owner: "bert"))
                let job = try await store.accept(
                    sampleOffer("zanzibar-\(number)", bytes: "c", owner: owner.rawValue))
                ids.append(job.itemID)
                let body = Data("{\"item\": \"\(job.itemID)\"}".utf8)
                try await store.keep(
                    KeptAnswer(key: "k\(number)", fingerprint: "f", status: 200, body: body),
                    at: noon)
            }
            try await store.keep(
                KeptAnswer(key: "kept", fingerprint: "f", status: 200, body: Data("{}".utf8)),
                at: noon)
            for job in try await store.claimAll(
                Slots(total: 300, runningFresh: 0, runningOthers: 0))
            { try await store.publish(job) }
            try Data("of mehitabel".utf8).write(
                to: URL(filePath: "\(directory)/vitrine.sqlite.before-2"))
            let secrets = ["mehitabel", "zanzibar", String(repeating: "c", count: 64)]
            #expect(try words(in: directory, secrets).count >= secrets.count)

            // One was removed by its own, which the log tells by its name.
            let first = ids.removeFirst()
            try await store.remove(first, isErased: false, at: after(1))
            let removed = try await store.events(since: 1190, limit: 1000).last {
                $0.itemID == first
            }
            #expect(removed?.type == .itemRemoved && removed?.payload.redacted == nil)
            #expect(try await store.keptAnswer(to: "k0", at: after(1)) == nil)

            let traces = try await store.traces(of: owner)
            #expect(traces.jobs == 149 && traces.originals == 1 && traces.sharedOriginals == 0)
            #expect(traces.catalogueCopies == 1 && traces.events > 149 * 4)
            try await store.beginErasure(of: owner, at: after(2))
            try await store.beginErasure(of: owner, at: after(3))
            #expect(try await store.owner(owner)?.isErasing == true)
            for id in ids { try await store.remove(id, isErased: true, at: after(4)) }
            #expect(try await store.erasures() == [owner])
            try await store.finishErasure(of: owner, at: after(5))
            #expect(try words(in: directory, secrets) == [])
            #expect(try await store.erasures() == [])
            #expect(try await store.owner(owner) == nil)

            // The log has no gaps and says nothing of them; others are whole.
            var (next, count, named) = (Int64(0), 0, 0)
            while true {
                let page = try await store.events(since: next, limit: 1000)
                guard let last = page.last else { break }
                for event in page {
                    count += 1
                    #expect(event.sequence == Int64(count))
                    if event.payload.redacted == true {
                        var bare = EventPayload()
                        bare.redacted = true
                        #expect(event.itemID == nil && event.payload == bare)
                    } else if event.itemID != nil {
                        named += 1
                    }
                }
                next = last.sequence
            }
            #expect(named == 150 * 4)
            #expect(try await store.events(since: next - 1, limit: 1).first?.type == .ownerErased)
            #expect(try await store.keptAnswer(to: "kept", at: after(6)) != nil)
            #expect(try await store.owners(after: nil, limit: 10).map(\.itemCount) == [150])
            try await store.close()
            let again = try SQLiteJobStore(
                path: "\(directory)/vitrine.sqlite", checkIntegrity: true)
            #expect(try await again.status(at: after(7)).items[.ready] == 150)
            try await again.close()
        }
    }

    /// What a reader of the write-ahead log would still see after a kill goes with the next start.
    @Test func aStartEmptiesTheLogOfALifeThatWasKilled() async throws {
        try await withTemporaryDirectory { directory in
            let path = "\(directory)/vitrine.sqlite"
            let store = try SQLiteJobStore(path: path)
            _ = try await store.accept(sampleOffer("boat"))
            // As it lies on the disk when the process is gone.
            for suffix in ["", "-wal"] {
                try FileManager.default.copyItem(
                    atPath: path + suffix, toPath: "\(directory)/killed.sqlite" + suffix)
            }
            try await store.close()
            let next = try SQLiteJobStore(path: "\(directory)/killed.sqlite")
            let log = try Data(contentsOf: URL(filePath: "\(directory)/killed.sqlite-wal"))
            #expect(log.isEmpty)
            #expect(try await next.present(itemID("boat")).state == .received)
            try await next.close()
        }
    }

    @Test func membersAreListedInPages() async throws {
        let store = try SQLiteJobStore.inMemory()
        for (number, owner) in ["cleo", "anna", "bert", "anna"].enumerated() {
            _ = try await store.accept(
                sampleOffer("item-\(number)", owner: owner, at: after(Int64(number))))
        }
        _ = try await store.accept(sampleOffer("nobodys"))
        let first = try await store.owners(after: nil, limit: 2)
        #expect(first.map(\.name.rawValue) == ["anna", "bert"])
        #expect(first[0].itemCount == 2 && first[0].states == [.received: 2])
        #expect(first[0].byteCount == 20 && first[0].latestAt == after(3))
        let rest = try await store.owners(after: first[1].name, limit: 2)
        #expect(rest.map(\.name.rawValue) == ["cleo"])
        #expect(try await store.owner(#require(OwnerName("dora"))) == nil)
        #expect(try await store.ownerNames().map(\.rawValue) == ["anna", "bert", "cleo"])
        let plans = try await store.plan(
            "SELECT owner, COUNT(*) FROM item WHERE owner > ? GROUP BY owner ORDER BY owner LIMIT 9",
            ["a"])
        #expect(plans.allSatisfy { !$0.contains("TEMP B-TREE") }, "\(plans)")
    }
}
