/// Which kind of work a job is; an earlier lane goes first whatever the priorities.
package enum Lane: String, Codable, Hashable, Sendable, CaseIterable {
    /// A member waits for it.
    case fresh
    /// An operator asked for it.
    case reprocess
    /// Nobody waits for it.
    case backfill
}

/// How many jobs may be claimed now, so that re-processing never starves an upload.
package struct Slots: Hashable, Sendable {
    /// Jobs of any lane.
    package let free: Int
    /// Of these, how many may be of another lane than `fresh`.
    package let freeForOthers: Int

    /// - Parameters:
    ///   - total: jobs that may run at once.
    ///   - runningFresh: running now in the `fresh` lane.
    ///   - runningOthers: running now in the other lanes.
    ///   - reserved: slots which other lanes leave empty. One slot in all cannot be reserved:
    ///     nothing else would ever run.
    package init(total: Int, runningFresh: Int, runningOthers: Int, reserved: Int = 1) {
        let kept = min(max(0, reserved), max(0, total - 1))
        free = max(0, total - runningFresh - runningOthers)
        freeForOthers = min(free, max(0, total - kept - runningOthers))
    }
}
