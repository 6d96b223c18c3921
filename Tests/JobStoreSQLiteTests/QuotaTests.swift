import JobQueue
import MediaModel
import Testing

@testable import JobStoreSQLite

/// What a member may have, counted in the transaction that would add to it.
@Suite struct QuotaTests {
    private func offer(
        _ number: Int, _ quota: Quota, owner: String? = "anna", bytes: Int64 = 10
    ) throws -> Offer {
        var offer = try sampleOffer("item-\(number)", owner: owner)
        offer.upload.byteCount = bytes
        offer.quota = quota
        return offer
    }

    @Test func ofAHundredAtOnceAsManyAreTakenAsFit() async throws {
        let store = try SQLiteJobStore.inMemory()
        let offers = try (0..<100).map { try offer($0, Quota(items: 7)) }
        let (taken, refused) = await withTaskGroup(of: String.self) { group in
            for offer in offers {
                group.addTask {
                    do {
                        _ = try await store.accept(offer)
                        return "taken"
                    } catch JobStoreError.overQuota(let excess) {
                        return excess.failure.code
                    } catch {
                        return "\(error)"
                    }
                }
            }
            return await group.reduce(into: (0, 0)) {
                if $1 == "taken" { $0.0 += 1 }
                if $1 == "quotaItems" { $0.1 += 1 }
            }
        }
        #expect(taken == 7 && refused == 93)
        #expect(try await store.owner(#require(OwnerName("anna")))?.itemCount == 7)
        // Others, and what is nobody's, have room; the same work again is no new one.
        _ = try await store.accept(offer(200, Quota(items: 7), owner: "bert"))
        _ = try await store.accept(offer(201, Quota(items: 0), owner: nil))
        for offer in offers where try await store.item(offer.upload.itemID) != nil {
            guard case .existing = try await store.offer(offer, at: after(9)) else {
                throw TestError("\(offer.upload.itemID) was not recognised")
            }
        }
    }

    @Test func bytesAreThoseOfTheUploads() async throws {
        let store = try SQLiteJobStore.inMemory()
        let quota = Quota(byteCount: 100)
        _ = try await store.accept(offer(1, quota, bytes: 60))
        do {
            _ = try await store.accept(offer(2, quota, bytes: 41))
            Issue.record("taken")
        } catch JobStoreError.overQuota(let excess) {
            #expect(excess.resource == .bytes(limit: 100, used: 60, wanted: 41))
            #expect(excess.failure.operatorText.contains("members.bytes allows 100"))
            #expect(excess.failure.uploaderText.contains("40 B of your 100 B are free"))
        }
        _ = try await store.accept(offer(3, quota, bytes: 40))
        // What was cancelled gives its room back.
        let job = try await store.claimOne()
        _ = try await store.requestCancel(jobID: job.id, at: after(1))
        _ = try await store.end(job, .cancelled, at: after(1))
        _ = try await store.accept(offer(4, quota, bytes: 60), at: after(2))
    }

    @Test func minutesAreCountedOnceTheyAreKnown() async throws {
        let store = try SQLiteJobStore.inMemory()
        let quota = Quota(minutes: 10)
        let first = try await store.accept(offer(1, quota))
        let second = try await store.accept(offer(2, quota))
        try await store.noteDuration(400, of: first.upload, quota: quota)
        // Again after a retry: it does not count beside itself.
        try await store.noteDuration(400, of: first.upload, quota: quota)
        let excess = try await excess(201, of: second, quota, in: store)
        #expect(excess?.failure.code == "quotaMinutes")
        #expect(
            excess?.failure.uploaderText.hasPrefix(
                "This is 3.4 minutes long, and 3.3 of your 10 minutes") == true)
        try await store.noteDuration(200, of: second.upload, quota: quota)
        // Saving an item for other reasons keeps what was noted.
        try await store.publish(store.claimOne())
        let third = try await store.accept(offer(3, quota))
        #expect(try await self.excess(1, of: third, quota, in: store) != nil)
    }

    /// By itself, because the compiler stumbles over it inside of the test.
    private func excess(
        _ seconds: Double, of job: Job, _ quota: Quota, in store: SQLiteJobStore
    ) async throws -> QuotaExcess? {
        do throws(JobStoreError) {
            try await store.noteDuration(seconds, of: job.upload, quota: quota)
            return nil
        } catch {
            guard case .overQuota(let excess) = error else { throw error }
            return excess
        }
    }
}
