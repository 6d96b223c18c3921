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
        } else if Output.isTerminal {
            Self.show(report)
        } else {
            Self.list(report)
        }
        if !report.ok { throw ExitCode(CommandFailure.Code.jobFailed.rawValue) }
    }

    /// What is to be done stands at the end, where it is seen.
    private static func show(_ report: DoctorReport) {
        var table = Table("STATUS", "CHECK", "FOUND")
        for finding in report.findings {
            table.add(
                Output.state(finding.status.rawValue), Cell(finding.check), Cell(finding.detail))
        }
        table.print()
        var advice = Table("CHECK", "WHAT TO DO")
        for finding in report.findings where finding.advice != nil {
            advice.add(Cell(finding.check), Cell(finding.advice))
        }
        Output.line("")
        advice.print(orSay: "nothing is to be done")
    }

    private static func list(_ report: DoctorReport) {
        var table = Table("STATUS", "CHECK", "FOUND", "WHAT TO DO")
        for finding in report.findings {
            table.add(
                Output.state(finding.status.rawValue), Cell(finding.check),
                Cell(finding.detail), Cell(finding.advice))
        }
        table.print()
    }
}
