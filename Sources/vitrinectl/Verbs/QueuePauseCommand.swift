import ArgumentParser
import ControlAPI
import MediaModel

struct QueuePauseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause",
        abstract: "Begin no more jobs, also after a restart; running ones go on.")

    @OptionGroup var connection: ConnectionOptions
    @Option(
        name: .customLong("for"),
        help: ArgumentHelp("Resume by itself after so many seconds.", valueName: "seconds"))
    var seconds: Double?

    func validate() throws {
        if let seconds, !(1...31_536_000).contains(seconds) {
            throw ValidationError("--for takes 1 to 31536000 seconds.")
        }
    }

    func run() async throws {
        try await connection.present(QueueState.self) {
            try await $0.post("/queue/pause", PauseRequest(seconds: seconds))
        } show: {
            Output.line("paused\t\($0.pausedUntil?.description ?? "until resumed")")
        }
    }
}
