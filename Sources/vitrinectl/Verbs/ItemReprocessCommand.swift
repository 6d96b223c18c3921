import ArgumentParser
import ControlAPI
import MediaModel

struct ItemReprocessCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reprocess",
        abstract: "Process items again, after a recipe, the engine or an encoder has changed.",
        discussion: """
            Only what has changed is made; everything else stays under its address. Items are named \
            by their ids, or selected: --all, or what fits --kind, --state, --recipe and --since and \
            at least one of --stale, --failed and --missing where these are given. Uploads that \
            arrive meanwhile go first. A selected item that ended its workers is skipped until what \
            they were made of has changed; its id, or --force, tries it all the same. A dry run shows \
            what would change; item plan shows what is kept, and every decision, as well.
            """)

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var waiting: WaitOptions
    @OptionGroup var selection: ReprocessSelection
    @Argument(help: "Ids of items.", completion: Candidates.items)
    var ids: [String] = []
    @Option(
        help: ArgumentHelp(
            "Process with this recipe instead of each item's own.", valueName: "recipe"),
        completion: Candidates.recipes)
    var with: String?
    @Flag(help: "Make everything anew, also what has not changed.")
    var force = false
    @Flag(help: "Only show what would be made and dropped, and what that would cost.")
    var dryRun = false

    func validate() throws {
        guard ids.isEmpty != selection.isEmpty else {
            throw ValidationError(
                ids.isEmpty
                    ? "Name items, or select them: --all, --kind, --state, --recipe, --since, "
                        + "--stale, --failed, --missing."
                    : "Items are named by ids or selected by options, not both.")
        }
    }

    func run() async throws {
        try await ControlClient.with(connection.location) { client in
            var results: [ReprocessResult] = []
            if ids.isEmpty {
                results = try await many(with: client)
            } else {
                for id in ids { results.append(try await one(id, with: client)) }
            }
            let outcome = try await waiting.follow(
                results.compactMap { $0.outcome == .queued ? ($0.item, $0.job) : nil },
                with: client)
            if connection.json {
                Output.data(try ControlCoding.encode(["results": results]))
            } else {
                if results.isEmpty { Output.note("no item is selected") }
                if dryRun { Self.sum(results) }
                if waiting.wait { outcome.printItems() }
            }
            try outcome.check()
        }
    }

    private func one(_ id: String, with client: ControlClient) async throws -> ReprocessResult {
        let request = ReprocessRequest(recipe: with, force: force, dryRun: dryRun)
        let path = "/items/\(PathEncoding.segment(id))/reprocess"
        let answer = try await client.post(path, request)
        let result = try ControlClient.decode(ReprocessResult.self, from: answer)
        if !connection.json { show(result) }
        return result
    }

    /// Page by page: the daemon answers while it goes on.
    private func many(with client: ControlClient) async throws -> [ReprocessResult] {
        var request = BulkReprocessRequest()
        request.options.all = selection.all
        request.filter = selection.filter()
        request.options.with = with
        request.options.force = force
        request.options.dryRun = dryRun
        // A dry run looks into every upload.
        request.options.limit = dryRun ? 10 : 100
        var results: [ReprocessResult] = []
        repeat {
            let answer = try await client.post("/reprocess", request)
            let page = try ControlClient.decode(BulkReprocessResult.self, from: answer)
            if !connection.json { page.results.forEach(show) }
            results += page.results
            request.options.cursor = page.next
        } while request.options.cursor != nil
        return results
    }

    private func show(_ result: ReprocessResult) {
        if let plan = result.plan {
            Self.show(plan)
        } else if !waiting.wait || result.outcome != .queued {
            Output.line(
                "\(result.item)\t\(result.outcome.rawValue)"
                    + (result.reason.map { "\t\(Output.escape($0))" } ?? ""))
        }
    }

    /// What would change, each line with its item: lines of many items follow each other.
    private static func show(_ plan: PlanDocument) {
        let changes = plan.outputs.filter { $0.action != .keep }
        guard !changes.isEmpty else {
            return Output.line("\(plan.item)\tunchanged\t\(plan.outputs.count) kept")
        }
        var table = Table("ITEM", "ACTION", "NAME", "ROLE", "SIZE", "CPU", "WHY")
        for output in changes {
            table.add([Cell(plan.item.rawValue)] + ItemPlanCommand.cells(output))
        }
        table.print()
        Output.note(
            "\(plan.item): \(plan.outputs.count - changes.count) kept; "
                + ItemPlanCommand.words(plan.estimate))
    }

    private static func sum(_ results: [ReprocessResult]) {
        let plans = results.compactMap(\.plan)
        if plans.count > 1 {
            let made = plans.reduce(0) { $0 + $1.outputs.count { $0.action == .make } }
            Output.note(
                "\(plans.count) items, \(made, of: "derivative") to make; estimated: CPU "
                    + Measures.seconds(plans.reduce(0) { $0 + $1.estimate.cpuSeconds })
                    + ", \(Measures.bytes(plans.reduce(0) { $0 + $1.estimate.byteCount })) made")
        }
        if plans.contains(where: { $0.outputs.contains { $0.action != .keep } }) {
            Output.note("nothing is done: without --dry-run it is")
        }
    }
}
