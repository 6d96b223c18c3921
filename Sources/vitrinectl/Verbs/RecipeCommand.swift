import ArgumentParser

struct RecipeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "recipe", abstract: "Recipes: what is made of an upload.",
        subcommands: [
            RecipeListCommand.self, RecipeShowCommand.self, RecipeCheckCommand.self,
        ])
}
