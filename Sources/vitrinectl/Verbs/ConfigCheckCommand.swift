import ArgumentParser
import ControlAPI

struct ConfigCheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "What is wrong with the files as they are now, or what a reload would change.")

    @OptionGroup var connection: ConnectionOptions

    func run() async throws {
        try await ConfigurationReportView.check(over: connection) { $0 }
    }
}
