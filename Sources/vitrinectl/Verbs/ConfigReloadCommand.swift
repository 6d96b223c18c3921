import ArgumentParser
import ControlAPI

struct ConfigReloadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reload",
        abstract: "Read configuration and recipes again; with a mistake nothing changes.")

    @OptionGroup var connection: ConnectionOptions

    func run() async throws {
        try await connection.present(ConfigurationReport.self) {
            try await $0.post("/config/reload", String?.none)
        } show: {
            ConfigurationReportView.show($0)
        }
    }
}
