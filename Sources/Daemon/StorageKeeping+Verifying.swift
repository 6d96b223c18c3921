import ControlAPI
import JobQueue
import MediaModel
import Pipeline
import Storage

extension StorageKeeping {
    /// Reads items one after the other until the time is up; `next` says where to go on.
    func verify(_ request: VerifyRequest) async throws -> VerifyResult {
        let verifier = StorageVerifier(
            store: derivatives, bytesPerSecond: request.bytesPerSecond)
        let end = ContinuousClock.now + .seconds(request.seconds ?? 10)
        let (items, more) = try await page(after: request.cursor, limit: 1000)
        var result = VerifyResult(
            items: 0, objects: 0, byteCount: 0, findings: [], repairs: [], next: more)
        for (place, item) in items.enumerated() {
            try await verify(item, by: verifier, repairing: request.repair == true, into: &result)
            if ContinuousClock.now >= end, place + 1 < items.count {
                result.next = item.rawValue
                break
            }
        }
        if result.next == nil {
            result.portfolios = try await verifyPortfolios(repair: request.repair == true)
        }
        return result
    }

    /// Reads what an item's kept manifests name, and has what visitors miss made again.
    /// - Parameter result: what is found is added to it.
    func verify(
        _ item: ItemID, by verifier: StorageVerifier, repairing: Bool,
        into result: inout VerifyResult
    ) async throws {
        result.items += 1
        let report: StorageVerifier.Report
        do {
            report = try await verifier.verify(item)
        } catch let error as StorageError {
            // What it names, nobody knows: the rest is looked at all the same.
            result.findings.append(
                VerifyFinding(
                    item: item, problem: StorageVerifier.Finding.Kind.unreadable.rawValue,
                    path: "manifest.json", generation: 0, visible: true, detail: "\(error)"))
            return
        }
        result.objects += report.objectCount
        result.byteCount += report.byteCount
        result.findings += report.findings.map { finding in
            VerifyFinding(
                item: item, problem: finding.kind.rawValue, path: finding.path,
                generation: finding.generation, visible: finding.isVisible,
                detail: finding.detail)
        }
        if repairing, report.findings.contains(where: \.isVisible) {
            result.repairs.append(
                try await alone { await self.repair(item, report.findings) })
        }
    }

    /// Held against all manifests, once everything else is read. A repair is one document written.
    private func verifyPortfolios(repair: Bool) async throws -> [PortfolioFinding] {
        var findings: [PortfolioFinding] = []
        for owner in try await portfolios.owners() {
            guard let detail = try await portfolios.verify(owner, repair: repair) else { continue }
            findings.append(
                PortfolioFinding(owner: owner.rawValue, detail: detail, repaired: repair))
        }
        return findings
    }

    /// One item that cannot be repaired does not keep the others from it.
    private func repair(
        _ item: ItemID, _ findings: [StorageVerifier.Finding]
    ) async -> ReprocessResult {
        do {
            return try await repaired(item, findings)
        } catch {
            let reason = (error as? Failure)?.operatorText ?? "\(error)"
            return ReprocessResult(
                outcome: .skipped, item: item, job: nil, plan: nil, reason: reason)
        }
    }

    /// What is not itself goes, so that what is made again can take its place.
    private func repaired(
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
        let visible = findings.filter(\.isVisible)
        guard visible.contains(where: { $0.kind != .unreadable }) else {
            return ReprocessResult(
                outcome: .skipped, item: item, job: nil, plan: nil,
                reason: "its bytes may be right, but the disk does not give them")
        }
        for finding in visible where finding.kind == .differs {
            _ = try await derivatives.remove(finding.path, of: item, notStoredAfter: now())
        }
        switch try await reprocessing.reprocess(record, recipe: nil, force: false) {
        case .accepted(let job), .existing(let job), .busy(let job):
            return ReprocessResult(of: item, by: job)
        case .conflict(let other):
            return ReprocessResult(
                outcome: .skipped, item: item, job: nil, plan: nil,
                reason: "the id belongs to other bytes: \(other.fileName)")
        }
    }
}
