import ArgumentParser
import ControlAPI

struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Check disk, permissions, store, workers and recipes; say what to do.")

    @OptionGroup var connection: ConnectionOptions

    func run() async throws {
        let bytes = try await ControlClient.with(connection.location) {
            try await $0.get("/doctor")
        }
        let report = try ControlClient.decode(DoctorReport.self, from: bytes)
        if connection.json {
            Output.data(bytes)
        } else {
            var table = Table("STATUS", "CHECK", "FOUND", "WHAT TO DO")
            for finding in report.findings {
                table.add(
                    Output.state(finding.status.rawValue), Cell(finding.check),
                    Cell(finding.detail), Cell(finding.advice))
            }
            table.print()
        }
        if !report.ok { throw ExitCode(CommandFailure.Code.jobFailed.rawValue) }
    }
}
