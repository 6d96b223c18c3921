import ArgumentParser
import ControlAPI
import Foundation
import MediaModel

struct TopCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "top", abstract: "Watch queue and running jobs until q or control-C.")

    @OptionGroup var connection: ConnectionOptions
    @Option(help: ArgumentHelp("Seconds between two looks, 0.2 to 60.", valueName: "seconds"))
    var every = 1.0

    func validate() throws {
        guard (0.2...60).contains(every) else {
            throw ValidationError("--every takes 0.2 to 60 seconds.")
        }
        if connection.json { throw ValidationError("--json goes with status, not with top.") }
    }

    func run() async throws {
        guard let screen = Screen() else {
            throw CommandFailure(
                .usage, "top needs a terminal", hint: "vitrinectl status --json is for programs")
        }
        defer { screen.close() }
        try await ControlClient.with(connection.location) { client in
            while true {
                screen.draw(try await Self.look(client))
                let next = ContinuousClock.now + .seconds(every)
                while ContinuousClock.now < next {
                    if screen.isAskedToEnd() { return }
                    try await Task.sleep(for: .milliseconds(50))
                }
            }
        }
    }

    private static func look(_ client: ControlClient) async throws -> [String] {
        let status = try await client.get("/status", as: StatusDocument.self)
        let running = try await client.get("/jobs?state=running&limit=12", as: JobPage.self).jobs
        let latest = try await client.get("/jobs?limit=20", as: JobPage.self).jobs
            .filter { $0.state != .running }
        return TopView(
            status: status, running: running, latest: Array(latest.prefix(8)), now: Date()
        ).lines
    }
}
