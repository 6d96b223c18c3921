import ArgumentParser
import ControlAPI
import MediaModel

struct EventsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "events", abstract: "The numbered log of everything that happened.")

    @OptionGroup var connection: ConnectionOptions
    @Flag(help: "Go on with new events until interrupted.")
    var follow = false
    @Flag(help: "With --follow: when the daemon goes, wait for it and go on.")
    var reconnect = false
    @Option(help: ArgumentHelp("Only events with a higher number.", valueName: "number"))
    var since: Int64 = 0

    func validate() throws {
        if reconnect, !follow { throw ValidationError("--reconnect goes with --follow.") }
    }

    func run() async throws {
        try await ControlClient.with(connection.location) { client in
            var last = since
            while true {
                do {
                    let wasDropped = try await read(from: client, after: &last)
                    guard follow, wasDropped || reconnect else { return }
                } catch let failure as CommandFailure
                    where reconnect && failure.code == .unreachable
                {
                    Output.note("vitrinectl: \(failure.message); trying again")
                }
                if reconnect { try await Task.sleep(for: .seconds(1)) }
            }
        }
    }

    /// - Returns: whether the daemon ended it because we did not keep up.
    private func read(from client: ControlClient, after last: inout Int64) async throws -> Bool {
        var (newest, wasDropped) = (last, false)
        defer { last = newest }
        let query = PathEncoding.query([("since", "\(last)"), ("follow", "\(follow)")])
        try await client.lines("/events\(query)") { line in
            // Blank lines keep a quiet connection alive.
            guard !line.isEmpty else { return }
            let event = try ControlClient.decode(EventDocument.self, from: line)
            newest = max(newest, event.sequence)
            if event.type == EventDocument.dropped {
                wasDropped = true
            } else if connection.json {
                Output.data(line)
            } else {
                Self.show(event)
            }
        }
        return wasDropped
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
