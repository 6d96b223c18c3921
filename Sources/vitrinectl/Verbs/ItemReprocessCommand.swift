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
            they were made of has changed; its id, or --force, tries it all the same.
            """)

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var waiting: WaitOptions
    @OptionGroup var selection: ReprocessSelection
    @Argument(help: "Ids of items.", completion: Candidates.items)
    var ids: [String] = []
    @Option(
        help: "Process with this recipe instead of each item's own.",
        completion: Candidates.recipes)
    var with: String?
    @Flag(help: "Make everything anew, also what has not changed.")
    var force = false
    @Flag(help: "Only show what would be made, kept and dropped, and what that would cost.")
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
                if dryRun, results.count > 1 { Self.sum(results) }
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
        request.filter = try selection.filter()
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
            Output.note("\(result.item): nothing is done; this would change:")
            ItemPlanCommand.show(plan)
        } else if !waiting.wait {
            Output.line(
                "\(result.item)\t\(result.outcome.rawValue)"
                    + (result.reason.map { "\t\(Output.escape($0))" } ?? ""))
        }
    }

    private static func sum(_ results: [ReprocessResult]) {
        let costs = results.compactMap(\.plan?.estimate)
        let made = results.compactMap(\.plan).reduce(0) {
            $0 + $1.outputs.count { $0.action == .make }
        }
        Output.note(
            "\(results.count) items, \(made) derivatives to make; estimated: CPU "
                + Measures.seconds(costs.reduce(0) { $0 + $1.cpuSeconds })
                + ", \(Measures.bytes(costs.reduce(0) { $0 + $1.byteCount })) made")
    }
}
