import ArgumentParser
import ControlAPI
import MediaModel

struct StorageUsageCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "usage", abstract: "What each item takes, largest first, and all together.")

    @OptionGroup var connection: ConnectionOptions
    @Option(help: ArgumentHelp("Show so many items; the sums are of all.", valueName: "count"))
    var top = 20

    func run() async throws {
        let items = try await ControlClient.with(connection.location) { client in
            var items: [ItemUsage] = []
            var cursor: String?
            var free: Int64?
            var portfolios = (count: 0, bytes: Int64(0))
            repeat {
                let page = try await client.get(
                    "/storage/usage" + PathEncoding.query([("cursor", cursor), ("limit", "1000")]),
                    as: UsagePage.self)
                items += page.items
                free = page.freeBytes
                portfolios = (page.portfolioCount, page.portfolioBytes)
                cursor = page.next
            } while cursor != nil
            var usage = UsagePage(items: items, freeBytes: free, next: nil)
            (usage.portfolioCount, usage.portfolioBytes) = portfolios
            return usage
        }
        if connection.json { return Output.data(try ControlCoding.encode(items)) }
        Self.show(items, top: top)
    }

    private static func show(_ usage: UsagePage, top: Int) {
        var table = Table("ID", "SIZE", "SHOWN", "UNNAMED", "OBJECTS", "GENERATIONS")
        for item in usage.items.sorted(by: { $0.byteCount > $1.byteCount }).prefix(max(0, top)) {
            table.add(
                Cell(item.item.rawValue), Cell(Measures.bytes(item.byteCount)),
                Cell(Measures.bytes(item.visibleByteCount)),
                Cell(Measures.bytes(item.unnamedByteCount)), Cell("\(item.objectCount)"),
                Cell(item.generations.map(String.init).joined(separator: " ")))
        }
        table.print()
        func sum(_ part: (ItemUsage) -> Int64) -> String {
            Measures.bytes(usage.items.reduce(0) { $0 + part($1) })
        }
        Output.note(
            "\(usage.items.count, of: "item"), \(sum(\.byteCount)); shown \(sum(\.visibleByteCount)), "
                + "named by no generation \(sum(\.unnamedByteCount))"
                + (usage.portfolioCount > 0
                    ? "; \(usage.portfolioCount, of: "portfolio"), "
                        + Measures.bytes(usage.portfolioBytes) : "")
                + (usage.freeBytes.map { "; free \(Measures.bytes($0))" } ?? ""))
    }
}
