import ArgumentParser
import ControlAPI
import MediaModel

/// Which items are meant, without naming them.
struct ReprocessSelection: ParsableArguments {
    @Flag(help: "Every item.")
    var all = false
    @Option(help: "Of this kind: video, audio, image, animation, document.")
    var kind: String?
    @Option(help: "In this state: partial, ready, failed, cancelled …")
    var state: String?
    @Option(help: "Processed by this recipe.")
    var recipe: String?
    @Option(help: "Received then or later, as 2026-11-26T08:00:00Z or 2026-11-26.")
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

    func filter() throws -> ReprocessFilter {
        var filter = ReprocessFilter()
        filter.kind = try kind.map { try Self.word($0, "--kind", MediaKind.init(rawValue:)) }
        filter.state = try state.map { try Self.word($0, "--state", Item.State.init(rawValue:)) }
        filter.recipe = recipe
        filter.since = try since.map {
            try Self.word($0.count == 10 ? "\($0)T00:00:00.000Z" : $0, "--since") {
                Timestamp($0)
            }
        }
        if stale { filter.stale = true }
        if failed { filter.failed = true }
        if missing { filter.missing = true }
        return filter
    }

    private static func word<Value>(
        _ text: String, _ option: String, _ parse: (String) -> Value?
    ) throws -> Value {
        guard let value = parse(text) else {
            throw CommandFailure(.usage, "\(option) does not know \(Output.escape(text))")
        }
        return value
    }
}
