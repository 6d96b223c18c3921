import ArgumentParser

struct StorageCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "storage", abstract: "Published files: how much, whether whole, tidied up.",
        subcommands: [
            StorageUsageCommand.self, StorageVerifyCommand.self, StorageCollectCommand.self,
        ])
}
