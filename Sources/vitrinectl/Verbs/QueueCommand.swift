import ArgumentParser

struct QueueCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "queue", abstract: "The queue as a whole.",
        subcommands: [QueuePauseCommand.self, QueueResumeCommand.self])
}
