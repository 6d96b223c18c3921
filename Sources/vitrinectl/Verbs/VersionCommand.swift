import ArgumentParser
import ControlAPI

struct VersionCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "version", abstract: "Versions of this program and of the daemon.")

    @OptionGroup var connection: ConnectionOptions

    private struct Versions: Codable, Hashable {
        var vitrinectl: String
        /// null when the daemon cannot be reached: this program's version is still known.
        @OrNull var daemon: VersionDocument?
    }

    func run() async throws {
        var daemon: VersionDocument?
        do {
            daemon = try await ControlClient.with(connection.location) {
                try await $0.get("/version", as: VersionDocument.self)
            }
        } catch let failure as CommandFailure where failure.code != .daemonMistake {
            Output.note("vitrinectl: \(failure.message)")
        }
        if connection.json {
            let versions = Versions(vitrinectl: VitrineVersion.current, daemon: daemon)
            return Output.data(try ControlCoding.encode(versions))
        }
        var sheet = Sheet()
        sheet.add("vitrinectl", Cell(VitrineVersion.current))
        sheet.add("vitrined", Cell(daemon?.version ?? "not reachable"))
        for (name, version) in daemon?.libraries.sorted(by: { $0.key < $1.key }) ?? [] {
            sheet.add(name, Cell(version))
        }
        sheet.print()
    }
}
