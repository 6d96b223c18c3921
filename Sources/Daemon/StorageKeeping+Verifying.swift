import ControlAPI
import JobQueue
import MediaModel
import Storage

extension StorageKeeping {
    /// Reads items one after the other until the time is up; `next` says where to go on.
    nonisolated func verify(_ request: VerifyRequest) async throws -> VerifyResult {
        let verifier = StorageVerifier(
            store: derivatives, bytesPerSecond: request.bytesPerSecond)
        let end = ContinuousClock.now + .seconds(request.seconds ?? 10)
        let (items, more) = try await page(after: request.cursor, limit: 1000)
        var result = VerifyResult(
            items: 0, objects: 0, byteCount: 0, findings: [], repairs: [], next: more)
        for (place, item) in items.enumerated() {
            let report = try await verifier.verify(item)
            result.items += 1
            result.objects += report.objectCount
            result.byteCount += report.byteCount
            result.findings += report.findings.map { finding in
                VerifyFinding(
                    item: item, problem: finding.kind.rawValue, path: finding.path,
                    generation: finding.generation, visible: finding.isVisible,
                    detail: finding.detail)
            }
            if request.repair == true, report.findings.contains(where: \.isVisible) {
                result.repairs.append(try await repair(item, report.findings))
            }
            if ContinuousClock.now >= end, place + 1 < items.count {
                result.next = item.rawValue
                break
            }
        }
        return result
    }

    /// What is not itself goes, so that what is made again can take its place.
    private nonisolated func repair(
        _ item: ItemID, _ findings: [StorageVerifier.Finding]
    ) async throws -> ReprocessResult {
        guard let record = try await store.item(item) else {
            return ReprocessResult(
                outcome: .skipped, item: item, job: nil, plan: nil,
                reason: "the catalogue does not know this item")
        }
        guard try await !hasLiveJob(item) else {
            return ReprocessResult(
                outcome: .skipped, item: item, job: nil, plan: nil, reason: "a job works on it")
        }
        for finding in findings where finding.isVisible && finding.kind == .differs {
            _ = try await derivatives.remove(finding.path, of: item, notStoredAfter: now())
        }
        switch try await reprocessing.reprocess(record, recipe: nil, force: false) {
        case .accepted(let job), .existing(let job), .busy(let job):
            return ReprocessResult(outcome: .queued, item: item, job: job.id, plan: nil)
        case .conflict(let other):
            return ReprocessResult(
                outcome: .skipped, item: item, job: nil, plan: nil,
                reason: "the id belongs to other bytes: \(other.fileName)")
        }
    }
}
