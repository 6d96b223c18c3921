package import MediaModel

/// One try at a job.
package struct AttemptDocument: Codable, Hashable, Sendable {
    /// From 1, without gaps.
    package var number: Int64
    package var startedAt: Timestamp
    /// null while it runs.
    @OrNull package var endedAt: Timestamp?
    /// `completed`, `failed`, `crashed`, `interrupted`, `abandoned`, `cancelled`; null while it runs.
    @OrNull package var outcome: String?
    @OrNull package var reason: Reason?
    @OrNull package var workerPID: Int32?
    /// Of the worker process, user + system.
    @OrNull package var cpuSeconds: Double?

    package init(
        number: Int64, startedAt: Timestamp, endedAt: Timestamp?, outcome: String?,
        reason: Reason?, workerPID: Int32?, cpuSeconds: Double?
    ) {
        self.number = number
        self.startedAt = startedAt
        self.endedAt = endedAt
        self.outcome = outcome
        self.reason = reason
        self.workerPID = workerPID
        self.cpuSeconds = cpuSeconds
    }
}

/// A job with its attempts: the fields of `JobDocument`, and `attemptList` beside them.
package struct JobDetail: Hashable, Sendable {
    package var job: JobDocument
    /// In order of their numbers.
    package var attemptList: [AttemptDocument]

    package init(job: JobDocument, attemptList: [AttemptDocument]) {
        self.job = job
        self.attemptList = attemptList
    }
}

extension JobDetail: Codable {
    private enum CodingKeys: String, CodingKey { case attemptList }

    package init(from decoder: any Decoder) throws {
        job = try JobDocument(from: decoder)
        attemptList = try decoder.container(keyedBy: CodingKeys.self)
            .decode([AttemptDocument].self, forKey: .attemptList)
    }

    package func encode(to encoder: any Encoder) throws {
        try job.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(attemptList, forKey: .attemptList)
    }
}
