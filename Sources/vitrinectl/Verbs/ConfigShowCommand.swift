import ArgumentParser
import ControlAPI

struct ConfigShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "The settings in force that somebody has set, and where.")

    @OptionGroup var connection: ConnectionOptions
    @Flag(help: "Also those that have their default.")
    var effective = false

    func run() async throws {
        try await connection.present(ConfigurationDocument.self) {
            try await $0.get("/config?effective=\(effective)")
        } show: {
            var table = Table("KEY", "VALUE", "FROM")
            for setting in $0.settings {
                table.add(
                    Cell(setting.key), Cell(setting.value), Cell(setting.origin ?? "default"))
            }
            table.print(orSay: "every setting has its default; --effective shows them")
        }
    }
}
