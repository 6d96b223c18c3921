import ArgumentParser

struct JobReleaseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "release", abstract: "Let a held job go on.")

    @OptionGroup var connection: ConnectionOptions
    @Argument(help: "The job's number.", completion: Candidates.jobs)
    var id: Int64

    func run() async throws { try await JobOrder("release").give(to: id, over: connection) }
}
