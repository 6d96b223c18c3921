import JobQueue
import MediaModel
import Planning

/// What one attempt's worker may take of the machine where it has a control group of its own. Pure.
package struct WorkerBounds: Hashable, Sendable {
    /// In bytes; a worker that needs more is ended, alone.
    var memoryBytes: Int64
    /// Against the other workers' 100, when there is not enough processor time for all.
    var processorWeight: Int

    /// Above an estimate, at least: what the libraries keep, and caches that the kernel charges.
    static let smallestMargin: Int64 = 256 << 20
    /// Threads and processes. As its own limit (`RLIMIT_NPROC`), which counts those of all workers
    /// together and none for root.
    static let processes = 4096
    /// The daemon's own share: it answers while every core encodes.
    static let daemonWeight = 500

    /// Half as much again as was reserved: estimates are rounded up, and what a bound is for is a
    /// worker that takes many times as much.
    ///
    /// - Parameters:
    ///   - need: as it was reserved.
    ///   - budget: of the plan; its address space bounds everything.
    init(_ need: ResourceNeed, budget: WorkBudget, lane: Lane) {
        let margin = max(Self.smallestMargin, need.memoryBytes / 2)
        memoryBytes = min(need.memoryBytes + margin, budget.addressSpaceBytes)
        processorWeight =
            switch lane {
            case .fresh: 100
            case .reprocess: 50
            case .backfill: 25
            }
    }
}

extension ResourceNeed {
    /// For the next attempt of a job whose worker died of its bound: twice as much with every such
    /// attempt, so that an estimate that was wrong costs attempts and not the job.
    ///
    /// - Parameters:
    ///   - job: as it was claimed; nothing changes if its last attempt ended otherwise.
    ///   - budget: of the plan; no worker gets more than its address space.
    func afterDeaths(of job: Job, budget: WorkBudget) -> ResourceNeed {
        guard job.failure?.code == GroupFigures.failureCode else { return self }
        var more = self
        // Five attempts at most (`RetryPolicy.transientLimit`), of which the first had the estimate.
        let factor: Int64 = 1 << Int64(min(4, max(1, job.attempts.transient)))
        more.memoryBytes = min(memoryBytes * factor, budget.addressSpaceBytes)
        more.reason += "; more, as the worker of the last attempt ran out of memory"
        return more
    }
}
