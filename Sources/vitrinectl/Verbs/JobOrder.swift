import ControlAPI

/// One of the four things an operator can tell a job.
struct JobOrder {
    private let verb: String

    init(_ verb: String) { self.verb = verb }

    func give(to job: Int64, over connection: ConnectionOptions) async throws {
        try await connection.present(JobDetail.self) {
            try await $0.post("/jobs/\(job)/\(verb)", String?.none)
        } show: {
            let pending = $0.job.cancelRequested && !$0.job.state.isFinal
            Output.line("\($0.job.id)\t\($0.job.state.rawValue)\(pending ? "\tcancelling" : "")")
        }
    }
}
