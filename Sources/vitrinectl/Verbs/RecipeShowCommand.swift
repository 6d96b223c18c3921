import ArgumentParser
import Foundation

struct RecipeShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Every setting of a recipe, as it is in force.")

    @OptionGroup var connection: ConnectionOptions
    @Argument(help: "The recipe's name.", completion: Candidates.recipes)
    var name: String

    func run() async throws {
        let bytes = try await ControlClient.with(connection.location) {
            try await $0.get("/recipes/\(PathEncoding.segment(name))")
        }
        if connection.json { return Output.data(bytes) }
        let document = try ControlClient.decode(JSONTree.self, from: bytes)
        var sheet = Sheet()
        for (key, value) in document.leaves where key != "settings.name" {
            sheet.add(String(key.trimmingPrefix("settings.")), Cell(value))
        }
        sheet.print()
    }
}
