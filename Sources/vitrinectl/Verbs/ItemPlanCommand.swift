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

    func run() async throws {
        let path =
            "/items/\(PathEncoding.segment(id))/plan" + PathEncoding.query([("recipe", recipe)])
        try await connection.present(PlanDocument.self) {
            try await $0.get(path)
        } show: {
            Self.show($0)
        }
    }

    static func show(_ plan: PlanDocument) {
        var outputs = Table("CHANGE", "NAME", "ROLE", "WHY")
        for output in plan.outputs {
            outputs.add(
                Cell(output.change.rawValue), Cell(output.name), Cell(output.role.rawValue),
                Cell(output.reason))
        }
        outputs.print()
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
}
