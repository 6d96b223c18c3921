import ArgumentParser

struct JobCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "job", abstract: "Jobs: the work on items.",
        subcommands: [
            JobListCommand.self, JobShowCommand.self, JobRetryCommand.self, JobCancelCommand.self,
            JobHoldCommand.self, JobReleaseCommand.self,
        ])
}
