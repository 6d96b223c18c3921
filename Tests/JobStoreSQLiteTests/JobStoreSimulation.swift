import Failpoints
import Foundation
import JobQueue
import MediaModel
import TestSupport
import Testing

/// Daemons that claim, crash, hang, wake late and are killed, operators that meddle, on a virtual
/// clock; after each step the promises are checked against a model kept here.
@Suite struct JobStoreSimulation {
    /// `VITRINE_SEEDS` sets how many runs there are (default 20) and `VITRINE_FIRST_SEED` where they
    /// begin (default 1), so that a long range can be run in parts; each prints its seed when it fails.
    static let seeds: Range<UInt64> = {
        func number(_ name: String) -> UInt64? {
            ProcessInfo.processInfo.environment[name].flatMap { UInt64($0) }
        }
        let first = number("VITRINE_FIRST_SEED") ?? 1
        return first..<first + max(1, number("VITRINE_SEEDS") ?? 20)
    }()

    /// One lane per core: a run is one thread's work, whatever queues it passes.
    @Test func everyPromiseHoldsInEveryRun() async throws {
        #if DEBUG
            let bug = ProcessInfo.processInfo.environment[SeededBug.variable]
            bug.flatMap { SeededBug(rawValue: $0) }?.choose()
        #endif
        let lanes = UInt64(ProcessInfo.processInfo.activeProcessorCount)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for lane in 0..<lanes {
                group.addTask {
                    for seed in Self.seeds where seed % lanes == lane {
                        try await StoreUnderTest.sqliteMemory.run { store in
                            var simulation = Simulation(store: store, seed: seed)
                            try await simulation.run(steps: 150)
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        print("queue simulation: \(Self.seeds.count) runs from seed \(Self.seeds.lowerBound)")
    }
}

private struct Simulation {
    let store: any JobStore
    let seed: UInt64
    var random: SplitMix
    var now = noon
    var daemons = ["d1", "d2"]
    var starts = 2
    /// Every lease ever given out, also to daemons that are dead by now: the late ones.
    var leases: [(jobID: Int64, holder: String, token: Int64)] = []
    /// As last seen.
    var jobs: [Int64: Job] = [:]
    /// Generations published, by item.
    var generations: [ItemID: Int] = [:]

    init(store: any JobStore, seed: UInt64) {
        self.store = store
        self.seed = seed
        random = SplitMix(seed: seed)
    }

    mutating func run(steps: Int) async throws {
        for _ in 1...steps {
            now = now.advanced(by: .milliseconds(Int64.random(in: 0...20_000, using: &random)))
            try await step()
            try await check()
        }
        try await settle()
        try await checkTheEnd()
    }

    private mutating func step() async throws {
        switch Int.random(in: 0..<20, using: &random) {
        case 0...3: try await offer()
        case 4...7: try await claim()
        case 8...13: try await work()
        case 14: daemons[Int.random(in: 0..<2, using: &random)] = newDaemon()
        case 15: _ = try await store.rescue(soleHolder: nil, at: now)
        case 16:
            _ = try await store.rescue(soleHolder: daemons.randomElement(using: &random), at: now)
        case 17...18: try await operate()
        default:
            if Bool.random(using: &random) {
                try await store.pause(until: now.advanced(by: .seconds(30)), at: now)
            } else {
                try await store.resume(at: now)
            }
        }
    }

    private mutating func newDaemon() -> String {
        starts += 1
        return "d\(starts)"
    }

    private mutating func offer() async throws {
        let bytes = Bool.random(using: &random) ? "a" : "b"
        let identity = Int.random(in: 0..<4, using: &random) == 0 ? "r2" : "r1"
        let lane = Lane.allCases.randomElement(using: &random) ?? .fresh
        let offer = try sampleOffer(
            "item\(Int.random(in: 1...8, using: &random))", bytes: bytes, identity: identity,
            lane: lane, priority: .random(in: -2...2, using: &random))
        let known = jobs.values.filter { $0.itemID == offer.upload.itemID }
        switch try await store.offer(offer, at: now) {
        case .accepted(let job):
            expect(!known.contains { $0.identity == offer.identity || $0.state.isLive }, "accepted")
            jobs[job.id] = job
        case .existing(let job): expect(job.identity == offer.identity, "existing")
        case .conflict(let item): expect(item.sha256 != offer.upload.sha256, "conflict")
        case .busy(let job): expect(known.contains { $0.id == job.id }, "busy")
        }
    }

    private mutating func claim() async throws {
        guard let holder = daemons.randomElement(using: &random) else { return }
        let slots = Slots(
            total: .random(in: 0...3, using: &random), runningFresh: 0, runningOthers: 0)
        let claimed = try await store.claim(
            slots, holder: holder, leaseDuration: .seconds(60), at: now)
        expect(claimed.count <= slots.free, "more claimed than slots")
        expect(claimed.count { $0.lane != .fresh } <= slots.freeForOthers, "the reserved slot")
        for job in claimed {
            let previous = leases.last { $0.jobID == job.id }?.token ?? 0
            let token = job.lease?.token ?? 0
            expect(token > previous, "tokens count up")
            expect(jobs[job.id]?.state != .running, "claimed while somebody has it")
            leases.append((job.id, holder, token))
        }
    }

    /// Whoever ever had a lease tries to use it: most are late, and a late one must not get through.
    private mutating func work() async throws {
        guard let lease = leases.randomElement(using: &random), let job = jobs[lease.jobID] else {
            return
        }
        let isNewest = job.state == .running && job.lease?.token == lease.token
        do {
            switch Int.random(in: 0..<8, using: &random) {
            case 0...1:
                store.setProgress(
                    JobProgress(fraction: .random(in: 0...1, using: &random), stage: "t"),
                    jobID: lease.jobID, token: lease.token)
                try await store.heartbeat(
                    jobID: lease.jobID, token: lease.token, leaseDuration: .seconds(60), at: now)
            case 2...3:
                _ = try await store.completePublishing(
                    publication(of: job), jobID: lease.jobID, token: lease.token,
                    cpuSeconds: nil, at: now)
                generations[job.itemID, default: 0] += 1
            case 4:
                try await end(lease, .interrupted)
            case 5 where job.cancelRequested:
                try await end(lease, .cancelled)
            case 6:
                try await end(lease, .infrastructureFailed(failure(.io)))
            default:
                let kind = FailureKind.allCases.randomElement(using: &random) ?? .io
                try await end(
                    lease, .failed(failure(kind), jitter: .random(in: 0...1, using: &random)))
            }
            expect(isNewest, "a late holder got through")
        } catch JobStoreError.staleLease {
            expect(!isNewest, "the holder was refused")
        }
    }

    private func end(
        _ lease: (jobID: Int64, holder: String, token: Int64), _ end: AttemptEnd
    ) async throws {
        _ = try await store.finish(
            jobID: lease.jobID, token: lease.token, end, cpuSeconds: nil, at: now)
    }

    private mutating func operate() async throws {
        guard let id = jobs.keys.sorted().randomElement(using: &random) else { return }
        do {
            switch Int.random(in: 0..<4, using: &random) {
            case 0: _ = try await store.requestCancel(jobID: id, at: now)
            case 1: _ = try await store.retry(jobID: id, at: now)
            case 2: _ = try await store.hold(jobID: id, at: now)
            default: _ = try await store.release(jobID: id, at: now)
            }
        } catch JobStoreError.illegalTransition(let error) {
            expect(error.state == jobs[id]?.state, "refused for another state")
        } catch JobStoreError.itemBusy(_, let other) {
            expect(jobs[other]?.state.isLive == true, "busy with a job that has ended")
        }
    }

    // MARK: Promises

    /// Which states may follow which, within one call; a claim may make a retryable job running.
    private static let successors: [JobState: Set<JobState>] = [
        .available: [.running, .cancelled, .held],
        .running: [.available, .retryable, .completed, .discarded, .cancelled],
        .retryable: [.available, .running, .cancelled, .held],
        .held: [.available, .cancelled],
        .discarded: [.available],
        .cancelled: [.available],
        .completed: [],
    ]

    private mutating func check() async throws {
        let seen = try await store.jobs(JobFilter(), after: nil, limit: 1000).elements
        expect(seen.count == jobs.count, "jobs neither vanish nor appear")
        for job in seen {
            guard let before = jobs[job.id] else { continue }
            expect(
                before.state == job.state
                    || Self.successors[before.state]?.contains(job.state) == true,
                "\(before.state) became \(job.state)")
            expect(job.attempts.total >= before.attempts.total, "attempts only grow")
            expect((job.state == .running) == (job.lease != nil), "a lease while running only")
            jobs[job.id] = job
        }
        let live = Dictionary(grouping: seen.filter(\.state.isLive), by: \.itemID)
        expect(live.values.allSatisfy { $0.count == 1 }, "one live job per item")
        let status = try await store.status(at: now)
        for state in JobState.allCases {
            expect(status.jobs[state] == seen.count { $0.state == state }, "the tally of \(state)")
        }
    }

    /// The meddling ends; a healthy daemon works until nothing is left.
    private mutating func settle() async throws {
        try await store.resume(at: now)
        for job in jobs.values where job.state == .held {
            _ = try await store.release(jobID: job.id, at: now)
        }
        try await check()
        // An item's jobs are one after another; a lease is rescued in the first round.
        for _ in 1...3 {
            now = now.advanced(by: .seconds(601))
            _ = try await store.rescue(soleHolder: "last", at: now)
            try await check()
            let claimed = try await store.claimAll(holder: "last", at: now)
            try await check()
            for job in claimed {
                try await store.publish(job, at: now)
                generations[job.itemID, default: 0] += 1
            }
            try await check()
        }
    }

    private func checkTheEnd() async throws {
        for job in jobs.values {
            expect(!job.state.isLive, "job \(job.id) never ended: \(job.state)")
            let attempts = try await store.attempts(jobID: job.id)
            expect(
                attempts.map(\.number) == (0..<Int64(job.attempts.total)).map { $0 + 1 },
                "attempts have no gaps")
            expect(attempts.allSatisfy { $0.outcome != nil }, "no attempt is left open")
            expect(
                attempts.count { $0.outcome == .completed } == (job.state == .completed ? 1 : 0),
                "published exactly once")
            if job.state == .discarded { expect(job.failure != nil, "discarded with a reason") }
        }
        let items = try await store.items(ItemFilter(), after: nil, limit: 1000).elements
        for item in items {
            expect(item.generation == generations[item.id] ?? 0, "one generation per publication")
            expect((item.state == .ready) == (item.generation > 0), "published items are ready")
        }
        var events: [EventRecord] = []
        while true {
            let more = try await store.events(since: events.last?.sequence ?? 0, limit: 1000)
            if more.isEmpty { break }
            events += more
        }
        expect(
            events.map(\.sequence) == (0..<Int64(events.count)).map { $0 + 1 },
            "events have no gaps")
        for job in jobs.values {
            let last = events.last { $0.jobID == job.id && $0.payload.state != nil }
            expect(last?.payload.state == job.state, "the log tells how job \(job.id) ended")
        }
    }

    private func expect(_ holds: Bool, _ promise: String) {
        if !holds { Issue.record("seed \(seed), \(now): \(promise)") }
    }
}
