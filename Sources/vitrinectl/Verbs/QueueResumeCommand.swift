import ArgumentParser
import ControlAPI

struct QueueResumeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume", abstract: "Begin jobs again.")

    @OptionGroup var connection: ConnectionOptions

    func run() async throws {
        try await connection.present(QueueState.self) {
            try await $0.post("/queue/resume", String?.none)
        } show: { _ in
            Output.line("resumed")
        }
    }
}
