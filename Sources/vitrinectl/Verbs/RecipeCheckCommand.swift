import ArgumentParser
import ControlAPI

struct RecipeCheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "What is wrong with the recipes' files, or what a reload would change.")

    @OptionGroup var connection: ConnectionOptions
    @Argument(help: "Only this recipe.", completion: Candidates.recipes)
    var name: String?

    func run() async throws {
        try await ConfigurationReportView.check(over: connection) { report in
            ConfigurationReport(
                applied: report.applied,
                // With a mistake elsewhere recipes are not read at all.
                issues: report.issues.filter {
                    $0.recipe == nil || name == nil || $0.recipe == name
                },
                recipes: report.recipes.filter { name == nil || $0.name == name })
        }
    }
}
