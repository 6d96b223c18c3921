import ControlAPI

/// What a reload would find, did, or would do.
enum ConfigurationReportView {
    /// Asks, prints, and ends with 78 when something is wrong.
    /// - Parameter narrow: leaves out what was not asked for.
    static func check(
        over connection: ConnectionOptions,
        _ narrow: (ConfigurationReport) throws -> ConfigurationReport
    ) async throws {
        let answer = try await ControlClient.with(connection.location) {
            try await $0.get("/config/check", as: ConfigurationReport.self)
        }
        let report = try narrow(answer)
        if connection.json {
            Output.data(try ControlCoding.encode(report))
        } else if report.valid {
            show(report)
        }
        guard report.valid else {
            throw CommandFailure(
                .badConfiguration, report.issues.map(line).joined(separator: "\n"),
                hint: "the daemon goes on with what it read before")
        }
    }

    static func show(_ report: ConfigurationReport) {
        var table = Table("KEY", "FROM", "TO", "TAKES EFFECT")
        for change in report.changes {
            let effect =
                change.takesEffect == .restart
                ? "with a restart" : report.applied ? "now" : "with a reload"
            table.add(Cell(change.key), Cell(change.from), Cell(change.to), Cell(effect))
        }
        for recipe in report.recipes {
            table.add(
                Cell("recipe \(recipe.name)"), Cell("-"), Cell(recipe.change.rawValue),
                Cell(report.applied ? "now" : "with a reload"))
        }
        if report.changes.isEmpty, report.recipes.isEmpty {
            Output.note("nothing is different")
        } else {
            table.print()
        }
    }

    private static func line(_ issue: ConfigurationReport.Issue) -> String {
        Output.escape(
            issue.key.isEmpty
                ? "\(issue.origin): \(issue.message)"
                : "\(issue.origin): \(issue.key): \(issue.message)")
    }
}
