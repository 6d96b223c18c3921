import JobQueue
import MediaModel

let noon = Timestamp(millisecondsSince1970: 1_795_435_200_000)

func sampleJob(state: JobState = .available, priorGeneration: Int = 0) throws -> Job {
    let upload = Upload(
        itemID: ItemID(fileName: "Boat.jpg", sha256: String(repeating: "ab", count: 32)),
        fileName: "Boat.jpg", byteCount: 10, sha256: String(repeating: "ab", count: 32),
        receivedAt: noon, sidecar: Sidecar())
    var job = Job(
        id: 7, upload: upload, recipe: "default", identity: "i", lane: .fresh, priority: 0,
        priorGeneration: priorGeneration, createdAt: noon)
    job.state = state
    if state == .running {
        job.attempts.total = 1
        job.lease = Lease(holder: "a", token: 1, expiresAt: noon.advanced(by: .seconds(60)))
    }
    return job
}

func failure(_ kind: FailureKind) -> Failure {
    Failure(kind: kind, code: "test", operatorText: "o", uploaderText: "u")
}

/// SplitMix64 (Steele, Lea, Flood 2014): a whole run from one printed number.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
