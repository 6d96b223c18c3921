import ArgumentParser

struct ConfigCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config", abstract: "The daemon's configuration.",
        subcommands: [
            ConfigShowCommand.self, ConfigCheckCommand.self, ConfigReloadCommand.self,
            ConfigSchemaCommand.self,
        ])
}
