import ArgumentParser
import ControlAPI
import MediaModel

struct OwnerListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Members with what they have uploaded, by name.")

    @OptionGroup var connection: ConnectionOptions
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
        let query = PathEncoding.query([("limit", "\(limit)"), ("cursor", cursor)])
        try await connection.present(OwnerPage.self) {
            try await $0.get("/owners\(query)")
        } show: { page in
            var table = Table("OWNER", "ITEMS", "READY", "FAILED", "SIZE", "LATEST")
            for owner in page.owners {
                table.add(
                    Cell(owner.owner), Cell("\(owner.items)"),
                    Cell("\(owner.states["ready"] ?? 0)"), Cell("\(owner.states["failed"] ?? 0)"),
                    Cell(Measures.bytes(owner.byteCount)), Cell(owner.latestAt?.description))
            }
            table.print(orSay: "no members: no upload names one")
            if let next = page.next { Output.note("more: --cursor \(next)") }
        }
    }
}
