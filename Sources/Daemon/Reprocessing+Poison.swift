import JobQueue
import MediaModel
import Planning

extension Reprocessing {
    /// Why an item is left alone that ended its workers: everything that it may have ended them by is
    /// what it was. nil when it is worth a try.
    func whyStillPoison(_ record: ItemRecord) async throws -> String? {
        guard let failure = record.failure, RetryPolicy.classify(failure.kind) == .crash,
            let jobID = record.jobID,
            let last = try await store.attempts(jobID: jobID).last(where: { $0.failure != nil }),
            let versions = last.tools
        else { return nil }
        let then = Toolchain(versions)
        let now = await tools().with(vitrine: version)
        guard now.changes(since: then).isEmpty else { return nil }
        return "its last \(last.outcome == .crashed ? "worker crashed" : "attempt failed") "
            + "(\(failure.code)), and what it did so by has not changed since: \(then.summary); "
            + "vitrinectl item reprocess \(record.id) tries it all the same"
    }
}
