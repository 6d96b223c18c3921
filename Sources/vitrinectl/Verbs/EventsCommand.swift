import ArgumentParser
import ControlAPI
import MediaModel

struct EventsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "events", abstract: "The numbered log of everything that happened.")

    @OptionGroup var connection: ConnectionOptions
    @Flag(help: "Go on with new events until interrupted.")
    var follow = false
    @Option(help: "Only events with a higher number.")
    var since: Int64 = 0

    func run() async throws {
        let query = PathEncoding.query([("since", "\(since)"), ("follow", "\(follow)")])
        try await ControlClient.with(connection.location) { client in
            try await client.lines("/events\(query)") { line in
                if connection.json { return Output.data(line) }
                // Blank lines keep a quiet connection alive.
                guard !line.isEmpty else { return }
                Self.show(try ControlClient.decode(EventDocument.self, from: line))
            }
        }
    }

    private static func show(_ event: EventDocument) {
        var parts = ["\(event.sequence)", event.time.description, event.type]
        if let item = event.item { parts.append(item.rawValue) }
        if let job = event.job { parts.append("job \(job)") }
        if let attempt = event.attempt { parts.append("attempt \(attempt)") }
        if let outcome = event.outcome { parts.append(outcome) }
        if let generation = event.generation { parts.append("generation \(generation)") }
        if let until = event.until { parts.append("until \(until)") }
        if let reason = event.reason { parts.append("\(reason.code): \(reason.operator)") }
        Output.line(parts.map(Output.escape).joined(separator: Output.isTerminal ? "  " : "\t"))
    }
}
