import ArgumentParser
import ControlAPI
import MediaModel

/// Which items are meant, without naming them.
struct ReprocessSelection: ParsableArguments {
    @Flag(help: "Every item.")
    var all = false
    @Option(help: "Of this kind.")
    var kind: MediaKind?
    @Option(help: "In this state.")
    var state: Item.State?
    @Option(help: "Processed by this recipe.")
    var recipe: String?
    @Option(
        help: ArgumentHelp(
            "Received then or later, as 2026-11-26T08:00:00Z or 2026-11-26.", valueName: "time"))
    var since: String?
    @Flag(help: "Made by another recipe, engine or encoder than are in force now.")
    var stale = false
    @Flag(help: "Refused, given up, or left as they were when the latest processing failed.")
    var failed = false
    @Flag(help: "Something of them is not in storage.")
    var missing = false

    var isEmpty: Bool {
        !all && kind == nil && state == nil && recipe == nil && since == nil && !stale && !failed
            && !missing
    }

    func filter() -> ReprocessFilter {
        var filter = ReprocessFilter()
        filter.kind = kind
        filter.state = state
        filter.recipe = recipe
        filter.since = since.flatMap(Self.time)
        if stale { filter.stale = true }
        if failed { filter.failed = true }
        if missing { filter.missing = true }
        return filter
    }

    func validate() throws {
        if let since, Self.time(since) == nil {
            throw ValidationError("--since takes 2026-11-26T08:00:00Z or 2026-11-26.")
        }
    }

    private static func time(_ text: String) -> Timestamp? {
        Timestamp(text.count == 10 ? "\(text)T00:00:00.000Z" : text)
    }
}
