import ArgumentParser
import ControlAPI
import MediaModel

struct StorageCollectCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gc",
        abstract: "Remove what no kept generation names, once its grace period is over.",
        discussion: """
            What the visible manifest or a kept generation names is never removed, whatever the \
            grace period.
            """)

    @OptionGroup var connection: ConnectionOptions
    @Option(
        help: ArgumentHelp(
            "Keep what was replaced less than so many hours ago (default: storage.grace, a week).",
            valueName: "hours")
    )
    var graceHours: Double?
    @Option(
        help: ArgumentHelp(
            "Keep so many newest generations for a rollback (default: storage.generations, 3).",
            valueName: "count"))
    var generations: Int?
    @Flag(help: "Only show what would be removed.")
    var dryRun = false

    func run() async throws {
        var request = CollectRequest()
        request.graceSeconds = graceHours.map { $0 * 3600 }
        request.generations = generations
        request.dryRun = dryRun
        request.limit = 100
        let first = request
        let result = try await ControlClient.with(connection.location) { client in
            var request = first
            var sum = CollectResult(
                items: [], examined: 0, byteCount: 0, dryRun: first.dryRun ?? false, next: nil)
            repeat {
                let answer = try await client.post("/storage/gc", request)
                let part = try ControlClient.decode(CollectResult.self, from: answer)
                if !connection.json { Self.show(part) }
                sum.items += part.items
                sum.examined += part.examined
                sum.byteCount += part.byteCount
                request.cursor = part.next
            } while request.cursor != nil
            return sum
        }
        if connection.json { Output.data(try ControlCoding.encode(result)) }
        let count = result.items.reduce(0) { $0 + $1.paths.count }
        let generations = result.items.reduce(0) { $0 + $1.generations.count }
        Output.note(
            "\(result.examined, of: "item"); \(generations, of: "generation"), "
                + "\(count, of: "object"), \(Measures.bytes(result.byteCount)) "
                + (result.dryRun ? "would be removed" : "removed"))
    }

    private static func show(_ part: CollectResult) {
        for item in part.items {
            if let skipped = item.skipped {
                Output.note("\(item.item): left alone, \(Output.escape(skipped))")
                continue
            }
            let generations = item.generations.map { "generation \($0)" }
            Output.line(
                ([
                    item.item.rawValue, "\(item.paths.count, of: "object")",
                    Measures.bytes(item.byteCount),
                ] + generations).joined(separator: "\t"))
        }
    }
}
