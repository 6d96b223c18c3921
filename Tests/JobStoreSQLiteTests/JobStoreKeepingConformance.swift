import JobQueue
import MediaModel
import Testing

/// What every `JobStore` promises about items that are processed again, put back, or removed.
@Suite struct JobStoreKeepingConformance {
    @Test(arguments: StoreUnderTest.allCases)
    func aJobThatChangesNothingKeepsTheGeneration(under: StoreUnderTest) async throws {
        try await under.run { store in
            _ = try await store.accept(sampleOffer("boat"))
            try await store.publish(store.claimOne())
            let reopening = Reopening(
                itemID: try itemID("boat"), recipe: "default", identity: "boat/a/r2",
                redoesAll: true)
            guard case .accepted(let job) = try await store.reopen(reopening, at: after(1)) else {
                throw TestError("not reopened")
            }
            #expect(job.redoesAll && job.lane == .reprocess && job.priorGeneration == 1)
            let claimed = try await store.claimOne(at: after(2))
            #expect(claimed.redoesAll)
            var same = publication(of: claimed)
            same.generation = 1
            _ = try await store.completePublishing(
                same, jobID: claimed.id, token: claimed.lease?.token ?? 0, cpuSeconds: 1,
                at: after(3))
            #expect(try await store.present(claimed.itemID).generation == 1)
            // Nothing skips a number, and nothing that was never published is unchanged.
            _ = try await store.accept(sampleOffer("ship", bytes: "b"))
            let first = try await store.claimOne(at: after(4))
            for generation in [0, 2] {
                var wrong = publication(of: first)
                wrong.generation = generation
                do {
                    _ = try await store.completePublishing(
                        wrong, jobID: first.id, token: first.lease?.token ?? 0, cpuSeconds: 1,
                        at: after(5))
                    Issue.record("generation \(generation) was taken")
                } catch JobStoreError.itemConflict {
                }
            }
        }
    }

    @Test(arguments: StoreUnderTest.allCases)
    func whatJobsCostIsLearned(under: StoreUnderTest) async throws {
        try await under.run { store in
            #expect(try await store.experience(of: .image) == .none)
            _ = try await store.accept(sampleOffer("boat"))
            let job = try await store.claimOne()
            var publication = publication(of: job)
            publication.expected = Workload(cpuSeconds: 1, byteCount: 1000)
            publication.madeByteCount = 500
            _ = try await store.completePublishing(
                publication, jobID: job.id, token: job.lease?.token ?? 0, cpuSeconds: 3, at: noon)
            let learned = try await store.experience(of: .image)
            #expect(learned.runs == 1)
            #expect(
                learned.correct(Workload(cpuSeconds: 2, byteCount: 100))
                    == Workload(cpuSeconds: 6, byteCount: 50))
            #expect(try await store.experience(of: .video) == .none)
        }
    }

    @Test(arguments: StoreUnderTest.allCases)
    func anItemGoesBackOnlyWhileNoJobWorksOnIt(under: StoreUnderTest) async throws {
        try await under.run { store in
            let id = try itemID("boat")
            _ = try await store.accept(sampleOffer("boat"))
            await #expect(throws: JobStoreError.self) {
                try await store.advanceGeneration(of: id, beyond: 1, kind: .image, at: noon)
            }
            try await store.publish(store.claimOne())
            #expect(
                try await store.advanceGeneration(of: id, beyond: 1, kind: .image, at: after(1))
                    == 2)
            // A manifest that is ahead of the catalogue counts.
            #expect(
                try await store.advanceGeneration(of: id, beyond: 7, kind: .image, at: after(2))
                    == 8)
            #expect(try await store.present(id).generation == 8)
            let last = try await store.events(since: 0, limit: 100).last
            #expect(last?.type == .itemRolledBack && last?.payload.generation == 8)
        }
    }

    @Test(arguments: StoreUnderTest.allCases)
    func aRemovedItemIsForgottenWithItsJobs(under: StoreUnderTest) async throws {
        try await under.run { store in
            let id = try itemID("boat")
            let job = try await store.accept(sampleOffer("boat", bytes: "a"))
            _ = try await store.accept(sampleOffer("copy", bytes: "a"))
            #expect(try await store.isShared(id))
            let sha256 = String(repeating: "a", count: 64)
            #expect(try await store.needsOriginal(sha256))
            #expect(try await !store.needsOriginal(String(repeating: "b", count: 64)))
            await #expect(throws: JobStoreError.self) {
                try await store.remove(id, isErased: false, at: noon)
            }
            try await store.publish(store.claimOne())
            try await store.publish(store.claimOne())
            try await store.remove(id, isErased: false, at: after(1))
            #expect(try await store.item(id) == nil)
            #expect(try await store.job(job.id) == nil)
            #expect(try await store.attempts(jobID: job.id).isEmpty)
            #expect(try await !store.isShared(itemID("copy")))
            #expect(try await store.needsOriginal(sha256))
            let status = try await store.status(at: after(2))
            #expect(status.items[.ready] == 1 && status.jobs[.completed] == 1)
            #expect(try await store.events(since: 0, limit: 100).last?.type == .itemRemoved)
            // What the log said of it is gone, but for the entry that it is.
            let log = try await store.events(since: 0, limit: 100)
            #expect(log.count { $0.itemID == id } == 1)
            #expect(log.count { $0.payload.redacted == true } == 4)
            #expect(log.map(\.sequence) == Array(1...Int64(log.count)))
            await #expect(throws: JobStoreError.self) {
                try await store.remove(id, isErased: false, at: after(3))
            }
            _ = try await store.accept(sampleOffer("boat", bytes: "c"), at: after(4))
        }
    }
}
