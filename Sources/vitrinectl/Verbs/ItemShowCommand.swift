import ArgumentParser
import ControlAPI
import MediaModel

struct ItemShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "One item with its jobs, attempts and reasons.")

    @OptionGroup var connection: ConnectionOptions
    @Argument(help: "The item's id.", completion: Candidates.items)
    var id: String

    func run() async throws {
        let path = "/items/\(PathEncoding.segment(id))"
        try await connection.present(ItemDetail.self) {
            try await $0.get(path)
        } show: {
            Self.show($0)
        }
    }

    private static func show(_ detail: ItemDetail) {
        let item = detail.item
        var sheet = Sheet()
        sheet.add("id", Cell(item.id.rawValue))
        sheet.add("file", Cell(item.fileName))
        sheet.add("kind", Cell(item.kind?.rawValue))
        sheet.add("state", Output.state(item.state.rawValue))
        sheet.add("generation", Cell("\(item.generation)"))
        sheet.add("manifest", ifPresent: item.manifest)
        sheet.add("recipe", ifPresent: item.recipe)
        sheet.add("owner", ifPresent: detail.owner)
        sheet.add("size", Cell(Measures.bytes(detail.byteCount)))
        sheet.add("sha256", ifPresent: detail.sha256)
        sheet.add("received", Cell(item.receivedAt.description))
        if let reason = item.reason {
            sheet.add("reason", Cell(reason.code))
            sheet.add("for the operator", Cell(reason.operator))
            sheet.add("for the uploader", Cell(reason.uploader))
        }
        for job in detail.jobs { JobShowCommand.add(job, to: &sheet) }
        sheet.print()
    }
}
