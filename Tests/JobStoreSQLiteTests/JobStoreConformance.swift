import Foundation
import JobQueue
import MediaModel
import Testing

/// What every `JobStore` promises, run over every implementation.
@Suite struct JobStoreConformance {
    // MARK: Repeated requests

    @Test(arguments: StoreUnderTest.allCases)
    func anAnswerIsKeptForADay(under: StoreUnderTest) async throws {
        try await under.run { store in
            let answer = KeptAnswer(key: "k", fingerprint: "f", status: 201, body: Data([0, 255]))
            #expect(try await store.keptAnswer(to: "k", at: noon) == nil)
            try await store.keep(answer, at: noon)
            var second = answer
            second.status = 200
            try await store.keep(second, at: after(1))
            #expect(try await store.keptAnswer(to: "k", at: after(86_399)) == answer)
            #expect(try await store.keptAnswer(to: "other", at: noon) == nil)
            #expect(try await store.keptAnswer(to: "k", at: after(86_400)) == nil)
            try await store.keep(second, at: after(86_401))
            #expect(try await store.keptAnswer(to: "k", at: after(86_402)) == second)
        }
    }

    // MARK: Offering

    @Test(arguments: StoreUnderTest.allCases)
    func theSameOfferTwiceIsOneJob(under: StoreUnderTest) async throws {
        try await under.run { store in
            let offer = try sampleOffer("boat")
            let job = try await store.accept(offer)
            #expect(try await store.offer(offer, at: after(1)) == .existing(job))
            // Also when it has ended.
            try await store.publish(store.claimOne())
            guard case .existing(let ended) = try await store.offer(offer, at: after(2)) else {
                throw TestError("offered a third time it was not recognised")
            }
            #expect(ended.id == job.id && ended.state == .completed)
            #expect(try await store.jobs(JobFilter(), after: nil, limit: 10).elements.count == 1)
            #expect(try await store.status(at: noon).items[.ready] == 1)
        }
    }

    @Test(arguments: StoreUnderTest.allCases)
    func aThousandSimultaneousOffersOfOneUploadAreOneJob(under: StoreUnderTest) async throws {
        try await under.run { store in
            let offer = try sampleOffer("boat")
            let accepted = try await withThrowingTaskGroup(of: Bool.self) { group in
                for _ in 1...1000 {
                    group.addTask {
                        if case .accepted = try await store.offer(offer, at: noon) {
                            true
                        } else {
                            false
                        }
                    }
                }
                return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(accepted == 1)
        }
    }

    @Test(arguments: StoreUnderTest.allCases)
    func anIdThatBelongsToOtherBytesIsAConflict(under: StoreUnderTest) async throws {
        try await under.run { store in
            let job = try await store.accept(sampleOffer("boat", bytes: "a"))
            guard
                case .conflict(let item) = try await store.offer(
                    sampleOffer("boat", bytes: "b"), at: noon)
            else { throw TestError("other bytes took the id") }
            #expect(item.sha256 == job.upload.sha256)
            #expect(try await store.present(job.itemID) == item)
        }
    }

    @Test(arguments: StoreUnderTest.allCases)
    func anotherRecipeWaitsForTheLiveJob(under: StoreUnderTest) async throws {
        try await under.run { store in
            let job = try await store.accept(sampleOffer("boat"))
            let other = try sampleOffer("boat", identity: "r2")
            #expect(try await store.offer(other, at: noon) == .busy(job))
            try await store.publish(store.claimOne())
            let second = try await store.accept(other)
            #expect(second.priorGeneration == 1)
            #expect(try await store.present(second.itemID).state == .ready)
        }
    }

    @Test(arguments: StoreUnderTest.allCases)
    func theSameBytesWithAnotherSidecarTakeTheNewSidecar(under: StoreUnderTest) async throws {
        try await under.run { store in
            _ = try await store.accept(sampleOffer("boat", owner: "ada"))
            try await store.publish(store.claimOne())
            var second = try sampleOffer("boat", identity: "r2", at: after(5))
            second.upload.sidecar.title = "Boat at dusk"
            let job = try await store.accept(second, at: after(5))
            #expect(job.upload.sidecar.title == "Boat at dusk")
            // Who does not name an owner does not take the item from theirs.
            #expect(job.upload.sidecar.owner == "ada")
            #expect(job.upload.receivedAt == noon)
            #expect(job.priorGeneration == 1)
            let item = try await store.present(job.itemID)
            #expect(item.sidecar == job.upload.sidecar && item.owner == "ada")
            #expect(item.receivedAt == noon && item.state == .ready && item.jobID == job.id)
            #expect(try await store.claimOne(at: after(6)).upload == job.upload)
        }
    }

    @Test(arguments: StoreUnderTest.allCases)
    func theSameBytesOfAnotherOwnerAreAConflict(under: StoreUnderTest) async throws {
        try await under.run { store in
            let job = try await store.accept(sampleOffer("boat", owner: "ada"))
            guard
                case .conflict(let item) = try await store.offer(
                    sampleOffer("boat", identity: "r2", owner: "bert"), at: noon)
            else { throw TestError("another owner took the id") }
            #expect(item.owner == "ada")
            #expect(try await store.present(job.itemID) == item)
        }
    }

    @Test(arguments: StoreUnderTest.allCases)
    func anAcceptedOfferIsItemJobAndEvents(under: StoreUnderTest) async throws {
        try await under.run { store in
            let job = try await store.accept(sampleOffer("boat", owner: "ada"))
            let item = try await store.present(job.itemID)
            #expect(item.state == .received && item.jobID == job.id && item.owner == "ada")
            #expect(item.upload == job.upload)
            let events = try await store.events(since: 0, limit: 10)
            #expect(events.map(\.type) == [.itemReceived, .jobCreated])
            #expect(events.map(\.sequence) == [1, 2])
            #expect(try await store.events(since: 1, limit: 10).map(\.sequence) == [2])
        }
    }

    // MARK: Refusals

    @Test(arguments: StoreUnderTest.allCases)
    func aRefusedUploadIsListedWithItsReasonAndMakesRoomForAGoodOne(
        under: StoreUnderTest
    ) async throws {
        try await under.run { store in
            let id = try itemID("boat")
            let refusal = Refusal(
                itemID: id, fileName: "boat.jpg", byteCount: 0, sha256: nil, owner: nil,
                receivedAt: noon, failure: failure(.invalidMedia))
            try await store.recordRefusal(refusal, at: noon)
            try await store.recordRefusal(refusal, at: after(1))
            let failed = try await store.items(ItemFilter(state: .failed), after: nil, limit: 10)
            #expect(failed.elements.map(\.id) == [id])
            #expect(
                try await store.events(since: 0, limit: 10).map(\.type) == [.itemRefused],
                "told twice, it happened once")
            #expect(failed.elements.first?.failure == failure(.invalidMedia))
            #expect(try await store.itemsToQuarantine(limit: 10).isEmpty)
            await #expect(throws: JobStoreError.self) {
                try await store.reopen(
                    Reopening(itemID: id, recipe: "r", identity: "i"), at: noon)
            }

            let job = try await store.accept(sampleOffer("boat"))
            #expect(try await store.present(id).state == .received)
            #expect(try await store.present(id).jobID == job.id)
            await #expect(throws: JobStoreError.self) {
                try await store.recordRefusal(refusal, at: noon)
            }
            #expect(try await store.present(id).failure == nil)
        }
    }

    // MARK: Claiming

    @Test(arguments: StoreUnderTest.allCases)
    func claimsGoByLaneThenPriorityThenAge(under: StoreUnderTest) async throws {
        try await under.run { store in
            _ = try await store.accept(sampleOffer("back", lane: .backfill, priority: 100))
            _ = try await store.accept(sampleOffer("again", lane: .reprocess, priority: 50))
            _ = try await store.accept(sampleOffer("low", priority: -1))
            _ = try await store.accept(sampleOffer("first"))
            _ = try await store.accept(sampleOffer("second"))
            _ = try await store.accept(sampleOffer("high", priority: 5))
            let order = try await store.claimAll().map(\.itemID.rawValue)
            #expect(order == ["high", "first", "second", "low", "again", "back"])
            #expect(try await store.claimAll().isEmpty)
        }
    }

    @Test(arguments: StoreUnderTest.allCases)
    func reprocessingNeverTakesTheReservedSlot(under: StoreUnderTest) async throws {
        try await under.run { store in
            for number in 1...5 {
                _ = try await store.accept(sampleOffer("old\(number)", lane: .reprocess))
                _ = try await store.accept(sampleOffer("older\(number)", lane: .backfill))
            }
            let claimed = try await store.claimAll(
                Slots(total: 4, runningFresh: 0, runningOthers: 0))
            #expect(claimed.count == 3)
            _ = try await store.accept(sampleOffer("new"))
            let next = try await store.claimAll(
                Slots(total: 4, runningFresh: 0, runningOthers: 3))
            #expect(next.map(\.itemID.rawValue) == ["new"])
        }
    }

    @Test(arguments: StoreUnderTest.allCases)
    func anAttemptIsOpenWhenAClaimReturns(under: StoreUnderTest) async throws {
        try await under.run { store in
            _ = try await store.accept(sampleOffer("boat"))
            let job = try await store.claimOne(at: after(5))
            var attempt = Attempt(jobID: job.id, number: 1, holder: "a", startedAt: after(5))
            #expect(try await store.attempts(jobID: job.id) == [attempt])
            #expect(try await store.present(job.itemID).state == .processing)

            await store.setWorker(4711, jobID: job.id, token: 1)
            try await store.heartbeat(
                jobID: job.id, token: 1, leaseDuration: .seconds(60), at: after(6))
            attempt.workerPID = 4711
            #expect(try await store.attempts(jobID: job.id) == [attempt])
        }
    }

    @Test(arguments: StoreUnderTest.allCases)
    func manyClaimantsNeverShareAJob(under: StoreUnderTest) async throws {
        try await under.run { store in
            for number in 1...200 { _ = try await store.accept(sampleOffer("item\(number)")) }
            let slots = Slots(total: 3, runningFresh: 0, runningOthers: 0)
            let ids = try await withThrowingTaskGroup(of: [Int64].self) { group in
                for number in 1...100 {
                    group.addTask {
                        try await store.claimAll(slots, holder: "h\(number)").map(\.id)
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(ids.count == 200)
            #expect(Set(ids).count == 200)
        }
    }

    // MARK: Leases

    @Test(arguments: StoreUnderTest.allCases)
    func aLateHolderCanNeitherPublishNorFinishNorRenew(under: StoreUnderTest) async throws {
        try await under.run { store in
            _ = try await store.accept(sampleOffer("boat"))
            let late = try await store.claimOne(holder: "late")
            #expect(try await store.rescue(soleHolder: nil, at: after(59)).isEmpty)
            #expect(try await store.rescue(soleHolder: nil, at: after(60)).count == 1)
            let stale = JobStoreError.staleLease(jobID: late.id)
            // Whether or not somebody else has it by now.
            for holder in [nil, "next"] {
                if let holder { _ = try await store.claimOne(holder: holder, at: after(61)) }
                let before = try await store.present(late.id)
                await #expect(throws: stale) { try await store.publish(late, at: after(62)) }
                await #expect(throws: stale) { try await store.end(late, .interrupted) }
                await #expect(throws: stale) {
                    try await store.heartbeat(
                        jobID: late.id, token: 1, leaseDuration: .seconds(60), at: after(62))
                }
                #expect(try await store.present(late.id) == before)
            }
            #expect(try await store.present(late.itemID).generation == 0)
            let outcomes = try await store.attempts(jobID: late.id).map(\.outcome)
            #expect(outcomes == [.abandoned, nil])
        }
    }

    @Test(arguments: StoreUnderTest.allCases)
    func aHeartbeatKeepsTheLeaseAndTellsOfACancel(under: StoreUnderTest) async throws {
        try await under.run { store in
            _ = try await store.accept(sampleOffer("boat"))
            let job = try await store.claimOne()
            store.setProgress(
                JobProgress(fraction: 0.5, stage: "transcode"), jobID: job.id, token: 1)
            #expect(try await store.present(job.id).progress?.fraction == 0.5)
            let beat = try await store.heartbeat(
                jobID: job.id, token: 1, leaseDuration: .seconds(60), at: after(50))
            #expect(!beat.cancelRequested && beat.furthestPercent == 50)
            #expect(try await store.rescue(soleHolder: "a", at: after(100)).isEmpty)
            let asked = try await store.requestCancel(jobID: job.id, at: after(100))
            #expect(asked.actions.contains(.stopWorker))
            #expect(
                try await store.heartbeat(
                    jobID: job.id, token: 1, leaseDuration: .seconds(60), at: after(101)
                ).cancelRequested)
            #expect(try await store.end(job, .cancelled, at: after(102)).job.state == .cancelled)
            #expect(try await store.present(job.itemID).state == .cancelled)
            #expect(try await store.present(job.id).progress == nil)
        }
    }

    @Test(arguments: StoreUnderTest.allCases)
    func aNewDaemonTakesOverFromItsDeadPredecessor(under: StoreUnderTest) async throws {
        try await under.run { store in
            for id in ["one", "two"] { _ = try await store.accept(sampleOffer(id)) }
            _ = try await store.claimOne(holder: "dead")
            _ = try await store.claimOne(holder: "self")
            let rescued = try await store.rescue(soleHolder: "self", at: after(1))
            #expect(rescued.map(\.job.itemID.rawValue) == ["one"])
            #expect(rescued.first?.job.attempts.abandoned == 1)
            #expect(try await store.claimOne(holder: "self", at: after(1)).lease?.token == 2)
        }
    }

    // MARK: Ending

    @Test(arguments: StoreUnderTest.allCases)
    func publishingCompletesJobAndItemTogether(under: StoreUnderTest) async throws {
        try await under.run { store in
            _ = try await store.accept(sampleOffer("boat"))
            let job = try await store.claimOne()
            let done = try await store.publish(job, at: after(9)).job
            #expect(done.state == .completed && done.resultGeneration == 1 && done.lease == nil)
            let item = try await store.present(job.itemID)
            #expect(item.state == .ready && item.generation == 1 && item.kind == .image)
            #expect(item.manifestPath == "items/boat/manifest.json")
            let attempt = try await store.attempts(jobID: job.id).first
            #expect(attempt?.outcome == .completed && attempt?.endedAt == after(9))
            #expect(attempt?.cpuSeconds == 1.5)
            await #expect(throws: JobStoreError.staleLease(jobID: job.id)) {
                try await store.publish(job)
            }
            let last = try await store.events(since: 0, limit: 100).last
            #expect(last?.type == .jobCompleted && last?.payload.generation == 1)
        }
    }

    @Test(arguments: StoreUnderTest.allCases)
    func aGenerationCannotBeSkipped(under: StoreUnderTest) async throws {
        try await under.run { store in
            _ = try await store.accept(sampleOffer("boat"))
            let job = try await store.claimOne()
            var wrong = publication(of: job)
            wrong.generation = 3
            await #expect(throws: JobStoreError.self) {
                try await store.completePublishing(
                    wrong, jobID: job.id, token: 1, cpuSeconds: nil, at: noon)
            }
            #expect(try await store.present(job.id).state == .running)
            #expect(try await store.attempts(jobID: job.id).map(\.outcome) == [nil])
        }
    }

    @Test(arguments: StoreUnderTest.allCases)
    func aPassingFailureComesBackWhenDue(under: StoreUnderTest) async throws {
        try await under.run { store in
            _ = try await store.accept(sampleOffer("boat"))
            let moved = try await store.end(
                store.claimOne(), .failed(failure(.io), jitter: 1))
            #expect(moved.actions.contains(.schedule(at: after(5))))
            #expect(try await store.nextDue(after: noon) == after(5))
            #expect(try await store.claimAll(at: noon.advanced(by: .milliseconds(4999))).isEmpty)
            let again = try await store.claimOne(at: after(5))
            #expect(again.lease?.token == 2 && again.failure == failure(.io))
            try await store.publish(again, at: after(6))
            #expect(try await store.present(again.id).failure == nil)
        }
    }

    @Test(arguments: StoreUnderTest.allCases)
    func aBadUploadIsQuarantinedOnceAndFoundAgainAfterACrash(
        under: StoreUnderTest
    ) async throws {
        try await under.run { store in
            _ = try await store.accept(sampleOffer("boat"))
            let job = try await store.claimOne()
            let reason = failure(.invalidMedia)
            let moved = try await store.end(job, .failed(reason, jitter: 0))
            #expect(moved.job.state == .discarded)
            #expect(moved.actions.contains(.quarantine(reason)))
            let item = try await store.present(job.itemID)
            #expect(item.state == .failed && item.failure == reason)
            #expect(try await store.itemsToQuarantine(limit: 5).map(\.id) == [job.itemID])
            try await store.markQuarantined(job.itemID, at: after(1))
            #expect(try await store.itemsToQuarantine(limit: 5).isEmpty)

            let retried = try await store.retry(jobID: job.id, at: after(2)).job
            #expect(retried.state == .available && retried.attempts.total == 1)
            #expect(try await store.present(job.itemID).state == .received)
            try await store.publish(store.claimOne(at: after(2)), at: after(3))
            #expect(try await store.present(job.itemID).failure == nil)
        }
    }

    // MARK: Reprocessing

    @Test(arguments: StoreUnderTest.allCases)
    func reprocessingKeepsThePublishedItemWhateverHappens(under: StoreUnderTest) async throws {
        try await under.run { store in
            let offer = try sampleOffer("boat")
            _ = try await store.accept(offer)
            try await store.publish(store.claimOne())
            var wish = Reopening(
                itemID: offer.upload.itemID, recipe: "default", identity: offer.identity)
            guard case .existing = try await store.reopen(wish, at: noon) else {
                throw TestError("nothing changed, so there is nothing to do")
            }
            wish.force = true
            guard case .accepted(let again) = try await store.reopen(wish, at: noon) else {
                throw TestError("not reopened by force")
            }
            #expect(again.priorGeneration == 1 && again.lane == .reprocess)
            #expect(try await store.reopen(wish, at: noon) == .existing(again))
            let moved = try await store.end(
                store.claimOne(), .failed(failure(.unsupported), jitter: 0))
            #expect(!moved.actions.contains(.quarantine(failure(.unsupported))))
            let item = try await store.present(again.itemID)
            #expect(item.state == .ready && item.generation == 1)
            #expect(item.failure == failure(.unsupported))
            #expect(try await store.itemsToQuarantine(limit: 5).isEmpty)
        }
    }

    @Test(arguments: StoreUnderTest.allCases)
    func anOldJobIsNotRetriedBesideALiveOne(under: StoreUnderTest) async throws {
        try await under.run { store in
            let first = try await store.accept(sampleOffer("boat"))
            _ = try await store.requestCancel(jobID: first.id, at: noon)
            let second = try await store.accept(sampleOffer("boat", identity: "r2"))
            await #expect(throws: JobStoreError.itemBusy(first.itemID, jobID: second.id)) {
                try await store.retry(jobID: first.id, at: noon)
            }
            try await store.publish(store.claimOne())
            #expect(try await store.retry(jobID: first.id, at: noon).job.priorGeneration == 1)
        }
    }

    // MARK: Operating

    @Test(arguments: StoreUnderTest.allCases)
    func aHeldJobIsNotClaimedUntilReleased(under: StoreUnderTest) async throws {
        try await under.run { store in
            let job = try await store.accept(sampleOffer("boat"))
            _ = try await store.hold(jobID: job.id, at: noon)
            #expect(try await store.claimAll().isEmpty)
            _ = try await store.release(jobID: job.id, at: noon)
            #expect(try await store.claimAll().map(\.id) == [job.id])
            await #expect(throws: JobStoreError.self) {
                try await store.hold(jobID: job.id, at: noon)
            }
        }
    }

    @Test(arguments: StoreUnderTest.allCases)
    func aPausedQueueGivesNothingOutUntilItsTime(under: StoreUnderTest) async throws {
        try await under.run { store in
            _ = try await store.accept(sampleOffer("boat"))
            try await store.pause(until: after(10), at: noon)
            #expect(try await store.claimAll(at: after(9)).isEmpty)
            #expect(try await store.nextDue(after: noon) == after(10))
            #expect(try await store.status(at: after(9)).pause?.until == after(10))
            #expect(try await store.status(at: after(10)).pause == nil)
            let job = try await store.claimOne(at: after(10))
            try await store.end(job, .interrupted, at: after(11))
            try await store.pause(until: nil, at: after(12))
            #expect(try await store.claimAll(at: after(99_999)).isEmpty)
            try await store.resume(at: after(13))
            #expect(try await store.claimAll(at: after(13)).count == 1)
        }
    }

    @Test(arguments: StoreUnderTest.allCases)
    func whatDoesNotExistIsNotFound(under: StoreUnderTest) async throws {
        try await under.run { store in
            await #expect(throws: JobStoreError.jobNotFound(9)) {
                try await store.requestCancel(jobID: 9, at: noon)
            }
            let id = try itemID("boat")
            await #expect(throws: JobStoreError.itemNotFound(id)) {
                try await store.reopen(
                    Reopening(itemID: id, recipe: "r", identity: "i"), at: noon)
            }
            #expect(try await store.job(9) == nil)
            #expect(try await store.item(id) == nil)
        }
    }

    // MARK: Reading

    @Test(arguments: StoreUnderTest.allCases)
    func pagesShowEveryItemOnceNewestFirst(under: StoreUnderTest) async throws {
        try await under.run { store in
            var expected: [String] = []
            for number in 1...57 {
                let id = "item\(number)"
                // Several share a time; some arrive with an earlier one.
                let time = after(Int64((number * 7) % 10))
                _ = try await store.accept(
                    sampleOffer(id, owner: number % 2 == 0 ? "ada" : "ben", at: time))
                expected.append(id)
            }
            var cursor: PageCursor?
            var seen: [ItemRecord] = []
            repeat {
                let page = try await store.items(ItemFilter(), after: cursor, limit: 10)
                seen += page.elements
                cursor = page.next
                // What arrives meanwhile shifts nothing.
                _ = try await store.accept(
                    sampleOffer("late\(seen.count)", owner: "eve", at: after(100)))
            } while cursor != nil
            #expect(Set(seen.map(\.id.rawValue)) == Set(expected) && seen.count == 57)
            #expect(seen.map(\.receivedAt) == seen.map(\.receivedAt).sorted(by: >))

            let filter = ItemFilter(state: .received, owner: "ada", since: after(5))
            let filtered = try await store.items(filter, after: nil, limit: 100)
            let wanted = seen.filter { $0.owner == "ada" && $0.receivedAt >= after(5) }
            #expect(filtered.elements.map(\.id) == wanted.map(\.id))
            #expect(filtered.next == nil)

            let first = try await store.jobs(JobFilter(state: .available), after: nil, limit: 60)
            let rest = try await store.jobs(
                JobFilter(state: .available), after: first.next, limit: 60)
            #expect(first.elements.count + rest.elements.count == 63 && rest.next == nil)
            #expect((first.elements + rest.elements).map(\.id) == Array((1...63).reversed()))
        }
    }

    @Test(arguments: StoreUnderTest.allCases)
    func aFollowerIsWokenByChangesAndOnlyByChanges(under: StoreUnderTest) async throws {
        try await under.run { store in
            var changes = store.changes().makeAsyncIterator()
            // Nothing to claim and an early rescue: no event, so no wake-up that would loop.
            _ = try await store.claimAll()
            _ = try await store.rescue(soleHolder: nil, at: noon)
            let job = try await store.accept(sampleOffer("boat"))
            await changes.next()
            #expect(try await store.events(since: 0, limit: 9).map(\.jobID).last == job.id)
            try await store.publish(store.claimOne())
            await changes.next()
        }
    }
}
