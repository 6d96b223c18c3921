import ArgumentParser
import ControlAPI

struct RecipeListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "The recipes in force.")

    @OptionGroup var connection: ConnectionOptions

    func run() async throws {
        try await connection.present(RecipeList.self) {
            try await $0.get("/recipes")
        } show: {
            var table = Table("NAME", "DEFAULT", "DIGEST", "FILE")
            for recipe in $0.recipes {
                table.add(
                    Cell(recipe.name), Cell(recipe.isDefault ? "yes" : "-"),
                    Cell(String(recipe.digest.prefix(12))), Cell(recipe.path ?? "built in"))
            }
            table.print()
        }
    }
}
