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
        if let name { try await Self.find(name, over: connection) }
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

    /// Throws for a recipe that neither is in force nor would be: nothing is wrong with that one.
    private static func find(_ name: String, over connection: ConnectionOptions) async throws {
        let isKnown = try await ControlClient.with(connection.location) { client in
            if try await client.get("/recipes", as: RecipeList.self).recipes
                .contains(where: { $0.name == name })
            {
                return true
            }
            let report = try await client.get("/config/check", as: ConfigurationReport.self)
            return !report.valid || report.recipes.contains { $0.name == name }
        }
        guard isKnown else {
            throw CommandFailure(
                .notFound, "there is no recipe \(Output.escape(name.debugDescription))",
                hint: "vitrinectl recipe list shows them")
        }
    }
}
