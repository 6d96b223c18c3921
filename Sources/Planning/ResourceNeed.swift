package import MediaModel

/// What an attempt is expected to take of the machine while a worker does its plan: reserved before
/// the work begins, so that jobs do not run each other out of memory or disk. Pure.
///
/// Processor cores are not in it: each job has its share of them by the number of jobs at once, and
/// the plan's threads follow from that share.
package struct ResourceNeed: Codable, Hashable, Sendable {
    /// Resident memory of the worker at its highest, in bytes.
    package var memoryBytes: Int64
    /// Files in the scratch directory at their most, in bytes.
    package var scratchBytes: Int64
    /// Where the figures come from, for the operator.
    package var reason: String

    package init(memoryBytes: Int64, scratchBytes: Int64, reason: String) {
        self.memoryBytes = memoryBytes
        self.scratchBytes = scratchBytes
        self.reason = reason
    }
}

extension Revision {
    /// Twice what the outputs are expected to weigh: an estimate of a rung is half of its encoder's
    /// cap, and an MP4 is written from a rung that is there still.
    static let scratchFactor = 2.0

    /// Of the work that is left.
    /// - Parameter info: what the plan was made from.
    package func need(_ info: MediaInfo) -> ResourceNeed {
        let model = MemoryModel(work, info)
        let made = min(workload.byteCount * Self.scratchFactor, Double(work.budget.outputBytes))
        let fetched = needed.reduce(Int64(0)) { $0 + $1.byteCount }
        let memory = min(model.bytes, work.budget.addressSpaceBytes)
        let scratch = Int64(made) + fetched
        return ResourceNeed(
            memoryBytes: memory, scratchBytes: scratch,
            reason: "the memory is \(model.reason), scratch twice what "
                + "\(workloads.count, of: "output") should weigh")
    }
}
