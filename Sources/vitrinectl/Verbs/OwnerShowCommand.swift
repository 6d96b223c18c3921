import ArgumentParser
import ControlAPI
import MediaModel

struct OwnerShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "One member: items by state, and the portfolio.")

    @OptionGroup var connection: ConnectionOptions
    @Argument(help: "The member's name.", completion: Candidates.owners)
    var owner: String

    func run() async throws {
        try await connection.present(Owner.self) {
            try await $0.get("/owners/\(PathEncoding.segment(owner))")
        } show: { owner in
            var sheet = Sheet()
            sheet.add("owner", Cell(owner.owner))
            sheet.add("items", Cell("\(owner.items)"))
            for (state, count) in owner.states.sorted(by: { $0.key < $1.key }) where count > 0 {
                sheet.add(state, Cell("\(count)"))
            }
            sheet.add("size", Cell(Measures.bytes(owner.byteCount)))
            sheet.add("latest", ifPresent: owner.latestAt?.description)
            sheet.add("portfolio", ifPresent: owner.portfolio)
            if owner.erasing { sheet.add("erasing", Cell("begun, not ended")) }
            sheet.print()
        }
    }
}
