package import MediaModel

/// One try at a job, recorded before native code sees the upload.
///
/// An attempt without an outcome is open, or its daemon died with it.
package struct Attempt: Codable, Hashable, Sendable {
    package enum Outcome: String, Codable, Hashable, Sendable, CaseIterable {
        /// Published.
        case completed
        /// The worker said why.
        case failed
        /// The worker died without a word.
        case crashed
        /// Ended by us, through no fault of the upload: a graceful stop, or storage that is down.
        /// Never counts.
        case interrupted
        /// Found open by the rescuer.
        case abandoned
        /// Ended because an operator cancelled the job.
        case cancelled
    }

    package var jobID: Int64
    /// From 1, without gaps; equals the token of the attempt's lease.
    package var number: Int64
    package var holder: String
    package var startedAt: Timestamp
    package var endedAt: Timestamp?
    package var outcome: Outcome?
    package var failure: Failure?
    package var workerPID: Int32?
    /// Versions of the parts that the worker may have failed by; nil when none was begun.
    package var tools: [String: String]?
    /// Of the worker process, user + system; nil when it could not be told.
    package var cpuSeconds: Double?

    package init(jobID: Int64, number: Int64, holder: String, startedAt: Timestamp) {
        self.jobID = jobID
        self.number = number
        self.holder = holder
        self.startedAt = startedAt
    }
}

/// How often a job was tried, by what the attempts came to.
package struct AttemptCounts: Codable, Hashable, Sendable {
    /// Every attempt ever started; never shrinks.
    package var total = 0
    /// The worker crashed, or we made a mistake.
    package var crashed = 0
    /// Input, output, resources or time failed.
    package var transient = 0
    /// The daemon died with it, since the job last got further than ever before.
    package var abandoned = 0

    package init() {}

    /// Attempts that count against a limit.
    package var counted: Int { crashed + transient }

    /// An operator's retry: the limits start anew, `total` does not.
    package mutating func forgive() {
        crashed = 0
        transient = 0
        abandoned = 0
    }
}
