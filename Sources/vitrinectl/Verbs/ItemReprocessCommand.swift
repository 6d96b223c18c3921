import ArgumentParser
import ControlAPI

struct ItemReprocessCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reprocess",
        abstract: "Process items again, after a recipe or the engine has changed.")

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var waiting: WaitOptions
    @Argument(help: "Ids of items.", completion: Candidates.items)
    var ids: [String]
    @Option(
        help: "With this recipe instead of the item's.", completion: Candidates.recipes)
    var recipe: String?
    @Flag(help: "Also when nothing has changed.")
    var force = false
    @Flag(help: "Only show what would change.")
    var dryRun = false

    func run() async throws {
        let request = ReprocessRequest(recipe: recipe, force: force, dryRun: dryRun)
        try await ControlClient.with(connection.location) { client in
            var results: [ReprocessResult] = []
            for id in ids {
                let path = "/items/\(PathEncoding.segment(id))/reprocess"
                let answer = try await client.post(path, request)
                let result = try ControlClient.decode(ReprocessResult.self, from: answer)
                results.append(result)
                if !connection.json { show(result) }
            }
            let outcome = try await waiting.follow(
                results.compactMap { $0.outcome == .queued ? ($0.item, $0.job) : nil },
                with: client)
            if connection.json {
                Output.data(try ControlCoding.encode(["results": results]))
            } else if waiting.wait {
                outcome.printItems()
            }
            try outcome.check()
        }
    }

    private func show(_ result: ReprocessResult) {
        if let plan = result.plan {
            Output.note("\(result.item): nothing is done; this would change:")
            ItemPlanCommand.show(plan)
        } else if !waiting.wait {
            Output.line("\(result.item)\t\(result.outcome.rawValue)")
        }
    }
}
