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
