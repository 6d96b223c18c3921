import ArgumentParser

struct OwnerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "owner", abstract: "Members, to whom items belong.",
        subcommands: [OwnerListCommand.self, OwnerShowCommand.self, OwnerEraseCommand.self])
}
