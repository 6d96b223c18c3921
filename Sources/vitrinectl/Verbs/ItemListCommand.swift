import ArgumentParser
import ControlAPI
import MediaModel

struct ItemListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Items, latest received first; refused ones too.")

    @OptionGroup var connection: ConnectionOptions
    @Option(help: "Only items in this state.")
    var state: Item.State?
    @Option(help: "Only items of this kind.")
    var kind: MediaKind?
    @Option(help: "Only items of this member.", completion: Candidates.owners)
    var owner: String?
    @Option(help: ArgumentHelp("How many, 1 to 1000.", valueName: "count"))
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
            var table = Table("ID", "KIND", "STATE", "GEN", "RECEIVED", "REASON", "FILE")
            for item in page.items {
                table.add(
                    Cell(item.id.rawValue), Cell(item.kind?.rawValue),
                    Output.state(item.state.rawValue), Cell("\(item.generation)"),
                    Cell(item.receivedAt.description), Cell(item.reason?.code),
                    Cell(item.fileName))
            }
            table.print(orSay: "no items")
            if let next = page.next { Output.note("more: --cursor \(next)") }
        }
    }
}

extension Item.State: ExpressibleByArgument {}
extension MediaKind: ExpressibleByArgument {}
