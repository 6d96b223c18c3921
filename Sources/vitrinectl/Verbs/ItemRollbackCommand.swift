import ArgumentParser
import ControlAPI
import MediaModel

struct ItemRollbackCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rollback",
        abstract: "Show an earlier generation of an item again, under a new number.")

    @OptionGroup var connection: ConnectionOptions
    @Argument(help: "The item's id.", completion: Candidates.items)
    var id: String
    @Option(
        help: ArgumentHelp(
            "The generation to go back to (default: the one before the visible one).",
            valueName: "number"))
    var generation: Int?

    func run() async throws {
        let path = "/items/\(PathEncoding.segment(id))/rollback"
        let request = RollbackRequest(generation: generation)
        try await connection.present(RollbackResult.self) {
            try await $0.post(path, request)
        } show: {
            Output.line(
                "\($0.item)\tgeneration \($0.restored) again\tas generation \($0.generation)")
        }
    }
}
