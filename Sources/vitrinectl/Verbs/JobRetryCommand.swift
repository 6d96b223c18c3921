import ArgumentParser

struct JobRetryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry", abstract: "Try a job again now, with its limits starting anew.")

    @OptionGroup var connection: ConnectionOptions
    @Argument(help: "The job's number.", completion: Candidates.jobs)
    var id: Int64

    func run() async throws { try await JobOrder("retry").give(to: id, over: connection) }
}
