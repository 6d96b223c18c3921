import ArgumentParser

struct JobHoldCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hold", abstract: "Pause a job that is not running.")

    @OptionGroup var connection: ConnectionOptions
    @Argument(help: "The job's number.", completion: Candidates.jobs)
    var id: Int64

    func run() async throws { try await JobOrder("hold").give(to: id, over: connection) }
}
