import Foundation
import JobQueue
import JobStoreSQLite
import MediaModel
import Testing

let noon = Timestamp(millisecondsSince1970: 1_795_435_200_000)

func after(_ seconds: Int64) -> Timestamp { noon.advanced(by: .seconds(seconds)) }

struct TestError: Error, CustomStringConvertible {
    var description: String
    init(_ description: String) { self.description = description }
}

func itemID(_ text: String) throws -> ItemID {
    guard let id = ItemID(text) else { throw TestError("not an item id: \(text)") }
    return id
}

func sampleUpload(
    _ id: String, bytes: String = "a", owner: String? = nil, at time: Timestamp = noon
) throws -> Upload {
    var sidecar = Sidecar()
    sidecar.owner = owner
    return Upload(
        itemID: try itemID(id), fileName: "\(id).jpg", byteCount: 10,
        sha256: String(repeating: bytes, count: 64), receivedAt: time, sidecar: sidecar)
}

func sampleOffer(
    _ id: String, bytes: String = "a", identity: String = "r1", lane: Lane = .fresh,
    priority: Int = 0, owner: String? = nil, at time: Timestamp = noon
) throws -> Offer {
    Offer(
        upload: try sampleUpload(id, bytes: bytes, owner: owner, at: time), recipe: "default",
        identity: "\(id)/\(bytes)/\(identity)", lane: lane, priority: priority)
}

func failure(_ kind: FailureKind) -> Failure {
    Failure(kind: kind, code: "test", operatorText: "o", uploaderText: "u")
}

func publication(of job: Job) -> Publication {
    Publication(
        generation: job.priorGeneration + 1, kind: .image, state: .ready,
        manifestPath: "items/\(job.itemID)/manifest.json")
}

let allSlots = Slots(total: 100, runningFresh: 0, runningOthers: 0, reserved: 0)

extension JobStore {
    /// Offers and expects a new job.
    func accept(_ offer: Offer, at now: Timestamp = noon) async throws -> Job {
        guard case .accepted(let job) = try await self.offer(offer, at: now) else {
            throw TestError("\(offer.upload.itemID) was not accepted")
        }
        return job
    }

    func claimAll(
        _ slots: Slots = allSlots, holder: String = "a", at now: Timestamp = noon
    ) async throws -> [Job] {
        try await claim(slots, holder: holder, leaseDuration: .seconds(60), at: now)
    }

    func claimOne(holder: String = "a", at now: Timestamp = noon) async throws -> Job {
        let slots = Slots(total: 1, runningFresh: 0, runningOthers: 0)
        guard let job = try await claimAll(slots, holder: holder, at: now).first else {
            throw TestError("there is nothing to claim")
        }
        return job
    }

    @discardableResult
    func publish(_ job: Job, at now: Timestamp = noon) async throws -> Transition {
        try await completePublishing(
            publication(of: job), jobID: job.id, token: job.lease?.token ?? 0, cpuSeconds: 1.5,
            at: now)
    }

    @discardableResult
    func end(_ job: Job, _ end: AttemptEnd, at now: Timestamp = noon) async throws -> Transition {
        try await finish(
            jobID: job.id, token: job.lease?.token ?? 0, end, cpuSeconds: 0.5, at: now)
    }

    func present(_ id: Int64) async throws -> Job {
        guard let job = try await job(id) else { throw TestError("no job \(id)") }
        return job
    }

    func present(_ id: ItemID) async throws -> ItemRecord {
        guard let item = try await item(id) else { throw TestError("no item \(id)") }
        return item
    }
}

/// Every implementation that the conformance suite runs over.
enum StoreUnderTest: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case sqliteFile, sqliteMemory

    var testDescription: String { rawValue }

    /// Runs a test with a fresh store.
    func run(
        policy: RetryPolicy = RetryPolicy(), _ body: (any JobStore) async throws -> Void
    ) async throws {
        let machine = JobStateMachine(policy: policy)
        switch self {
        case .sqliteMemory:
            try await body(SQLiteJobStore.inMemory(machine: machine))
        case .sqliteFile:
            try await withTemporaryDirectory { directory in
                let store = try SQLiteJobStore(
                    path: "\(directory)/vitrine.sqlite", machine: machine)
                try await body(store)
                try await store.close()
            }
        }
    }
}

func withTemporaryDirectory(_ body: (String) async throws -> Void) async throws {
    let directory = FileManager.default.temporaryDirectory
        .appendingPathComponent("vitrine-store-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    try await body(directory.path)
}
