import ArgumentParser
import ControlAPI
import Foundation
import MediaModel

struct SnippetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "snippet", abstract: "The HTML that shows an item, ready to paste.")

    @OptionGroup var connection: ConnectionOptions
    @Argument(help: "The item's id.", completion: Candidates.items)
    var id: String
    @Option(
        help: ArgumentHelp(
            "Where visitors find the storage directory, for example https://example.org/media; without it addresses are relative to the manifest.",
            valueName: "url")
    )
    var base: String?

    private struct Snippet: Codable, Hashable {
        var item: ItemID
        var html: String
    }

    func run() async throws {
        let manifest = try await ControlClient.with(connection.location) {
            try await $0.get(
                "/items/\(PathEncoding.segment(id))/manifest", as: Manifest.self)
        }
        let html =
            base.map { SnippetAddresses.html(manifest.html, of: manifest.item, below: $0) }
            ?? manifest.html
        if connection.json {
            Output.data(try ControlCoding.encode(Snippet(item: manifest.item, html: html)))
        } else {
            Output.line(html)
        }
    }
}
