import Intake
import JobQueue
import MediaModel
import Pipeline
import Storage

extension IntakeSink {
    /// Offers uploads to the queue and lists refusals there.
    static func queue(
        store: any JobStore, acceptor: UploadAcceptor, health: DaemonHealth,
        now: @escaping @Sendable () -> Timestamp
    ) -> IntakeSink {
        IntakeSink(
            offer: { upload in
                do {
                    return answer(try await acceptor.offer(upload))
                } catch let failure as Failure {
                    // An unknown recipe: the upload cannot be taken as it is.
                    return .conflict(failure)
                } catch JobStoreError.overQuota(let excess) {
                    return .conflict(excess.failure)
                } catch let error as JobStoreError {
                    if case .syncFailed = error { health.fail(error.failure) }
                    return .unavailable(error.operatorText)
                }
            },
            refuse: { refusal in
                do throws(JobStoreError) {
                    try await record(refusal, as: refusal.item, in: store, at: now())
                } catch .itemConflict {
                    // The name belongs to an upload that was accepted; this one is listed beside
                    // it. The time is the claim's, so doing it again changes nothing.
                    let suffix = String(refusal.refusedAt.millisecondsSince1970, radix: 36)
                    let stem = refusal.item.rawValue.prefix(ItemID.maximumLength - 20)
                    guard let id = ItemID("\(stem)-refused-\(suffix)") else { return }
                    try await record(refusal, as: id, in: store, at: now())
                }
            },
            isNeeded: { try await store.needsOriginal($0) })
    }

    private static func answer(_ result: OfferResult) -> OfferAnswer {
        switch result {
        case .accepted: .accepted
        case .existing: .existing
        case .busy(let job): .unavailable("job \(job.id) of item \(job.itemID) has not ended yet")
        case .conflict(let record):
            .conflict(
                Failure(
                    kind: .invalidMedia, code: "idTaken",
                    // Not whose, and not its name: this text stays when that upload is erased.
                    operatorText: "the id \(record.id) belongs to another upload; give this one "
                        + "an id of its own",
                    uploaderText: "Another work is already published under this name."))
        }
    }

    private static func record(
        _ refusal: Storage.Refusal, as id: ItemID, in store: any JobStore, at now: Timestamp
    ) async throws(JobStoreError) {
        try await store.recordRefusal(
            JobQueue.Refusal(
                itemID: id, fileName: refusal.fileName, byteCount: refusal.byteCount,
                sha256: refusal.sha256, owner: refusal.owner, receivedAt: refusal.refusedAt,
                failure: refusal.failure),
            at: now)
    }
}
