import ArgumentParser
import ControlAPI
import MediaModel

struct ItemListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Items, latest received first; refused ones too.")

    @OptionGroup var connection: ConnectionOptions
    @Option(
        help:
            "Only items in this state: \(Item.State.allCases.map(\.rawValue).joined(separator: ", "))."
    )
    var state: Item.State?
    @Option(
        help:
            "Only items of this kind: \(MediaKind.allCases.map(\.rawValue).joined(separator: ", "))."
    )
    var kind: MediaKind?
    @Option(help: "Only items of this member.", completion: Candidates.owners)
    var owner: String?
    @Option(help: "How many, 1 to 1000.")
    var limit = 100
    @Option(help: "Where the previous page ended: its `next`.")
    var cursor: String?

    func validate() throws {
        guard (1...1000).contains(limit) else {
            throw ValidationError("--limit takes 1 to 1000.")
        }
    }

    func run() async throws {
        let query = PathEncoding.query([
            ("state", state?.rawValue), ("kind", kind?.rawValue), ("owner", owner),
            ("limit", "\(limit)"), ("cursor", cursor),
        ])
        try await connection.present(ItemPage.self) {
            try await $0.get("/items\(query)")
        } show: {
            page in
            var table = Table("ID", "KIND", "STATE", "GEN", "RECEIVED", "REASON")
            for item in page.items {
                table.add(
                    Cell(item.id.rawValue), Cell(item.kind?.rawValue),
                    Output.state(item.state.rawValue), Cell("\(item.generation)"),
                    Cell(item.receivedAt.description), Cell(item.reason?.code))
            }
            table.print()
            if let next = page.next { Output.note("more: --cursor \(next)") }
        }
    }
}

extension Item.State: ExpressibleByArgument {}
extension MediaKind: ExpressibleByArgument {}
