import ArgumentParser
import Foundation

struct ConfigSchemaCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema",
        abstract: "The configuration file as a JSON Schema, for editors.",
        discussion: """
            With the YAML language server, the first line of the file names it:
              # yaml-language-server: $schema=vitrine.schema.json
            """)

    @OptionGroup var connection: ConnectionOptions

    func run() async throws {
        let schema = try await ControlClient.with(connection.location) {
            try await $0.get("/config/schema")
        }
        Output.data(schema)
    }
}
