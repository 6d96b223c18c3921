import ArgumentParser
import Foundation

/// What every command takes.
struct ConnectionOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The control socket (default: $VITRINE_SOCKET, then \(SocketLocation.standard)).",
            valueName: "path"))
    var socket: String?

    @Flag(help: "Print JSON: one document, or one per line for events.")
    var json = false

    var location: SocketLocation {
        SocketLocation(
            option: socket, environment: ProcessInfo.processInfo.environment["VITRINE_SOCKET"])
    }

    /// Asks, then prints the daemon's own bytes with `--json`, else what `show` makes of them.
    func present<Answer: Decodable & Sendable>(
        _ type: Answer.Type, _ ask: (ControlClient) async throws -> Data,
        show: (Answer) -> Void
    ) async throws {
        let bytes = try await ControlClient.with(location) { try await ask($0) }
        if json { return Output.data(bytes) }
        show(try ControlClient.decode(type, from: bytes))
    }
}
