import ArgumentParser
import ControlAPI
import MediaModel

struct ItemPlanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "What processing an item would make, every decision with its reason.")

    @OptionGroup var connection: ConnectionOptions
    @Argument(help: "The item's id.", completion: Candidates.items)
    var id: String
    @Option(
        help: "Plan with this recipe instead of the item's.", completion: Candidates.recipes)
    var recipe: String?
    @Flag(help: "As if everything were made anew.")
    var force = false

    func run() async throws {
        let path =
            "/items/\(PathEncoding.segment(id))/plan"
            + PathEncoding.query([
                ("recipe", recipe), ("force", force ? "true" : nil),
            ])
        try await connection.present(PlanDocument.self) {
            try await $0.get(path)
        } show: {
            Self.show($0)
        }
    }

    static func show(_ plan: PlanDocument) {
        var outputs = Table("ACTION", "NAME", "ROLE", "SIZE", "CPU", "WHY")
        for output in plan.outputs {
            outputs.add(cells(output))
        }
        outputs.print()
        Output.note(words(plan.estimate))
        Output.line("")
        var decisions = Table("DECISION", "CHOICE", "WHY")
        for decision in plan.decisions {
            decisions.add(Cell(decision.subject), Cell(decision.choice), Cell(decision.reason))
        }
        decisions.print()
        for warning in plan.warnings {
            Output.note("warning: \(Output.escape(warning.message))")
        }
    }

    /// ACTION, NAME, ROLE, SIZE, CPU, WHY.
    static func cells(_ output: PlanDocument.Output) -> [Cell] {
        let isMade = output.action == .make
        return [
            Cell(output.action.rawValue), Cell(output.name), Cell(output.role.rawValue),
            Cell((isMade ? "≈ " : "") + Measures.bytes(output.byteCount)),
            Cell(isMade ? "≈ \(Measures.seconds(output.cpuSeconds))" : "-"),
            Cell(output.reason),
        ]
    }

    static func words(_ cost: PlanDocument.Estimate) -> String {
        "estimated: CPU \(Measures.seconds(cost.cpuSeconds)), "
            + "\(Measures.bytes(cost.byteCount)) made, "
            + "at most \(Measures.bytes(cost.peakDiskBytes)) more on disk, "
            + (cost.basedOnRuns > 0
                ? "learned from \(cost.basedOnRuns, of: "run")"
                : "by rules of thumb: no past runs")
    }
}
