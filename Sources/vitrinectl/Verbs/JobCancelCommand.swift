import ArgumentParser

struct JobCancelCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel", abstract: "End a job; a running one ends its worker.")

    @OptionGroup var connection: ConnectionOptions
    @Argument(help: "The job's number.", completion: Candidates.jobs)
    var id: Int64

    func run() async throws { try await JobOrder("cancel").give(to: id, over: connection) }
}
