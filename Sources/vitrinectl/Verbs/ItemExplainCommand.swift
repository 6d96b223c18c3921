import ArgumentParser
import ControlAPI
import MediaModel

struct ItemExplainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "The whole story of an item: found, decided, made, with what, how long, and why.")

    @OptionGroup var connection: ConnectionOptions
    @Argument(help: "The item's id.", completion: Candidates.items)
    var id: String

    func run() async throws {
        try await connection.present(ExplainDocument.self) {
            try await $0.get("/items/\(PathEncoding.segment(id))/explain")
        } show: {
            Self.show($0)
        }
    }

    private static func show(_ story: ExplainDocument) {
        found(story)
        if !story.decisions.isEmpty {
            heading("DECIDED")
            var table = Table("ABOUT", "CHOICE", "WHY")
            for decision in story.decisions {
                table.add(Cell(decision.subject), Cell(decision.choice), Cell(decision.reason))
            }
            table.print()
        }
        if !story.derivatives.isEmpty {
            heading("MADE")
            var table = Table("NAME", "SIZE", "GEN", "QUALITY", "WITH", "WHY")
            for entry in story.derivatives {
                table.add(
                    Cell(entry.name), Cell(Measures.bytes(entry.byteCount)),
                    Cell("\(entry.generation)"),
                    Cell(
                        entry.quality.map {
                            "\($0.metric) \(($0.score * 10_000).rounded() / 10_000)"
                        }),
                    Cell(entry.settings), Cell(entry.reason))
            }
            table.print()
        }
        if !story.omitted.isEmpty {
            heading("LEFT OUT")
            var table = Table("NAME", "WHY")
            for omission in story.omitted {
                table.add(Cell(omission.name), Cell(omission.reason))
            }
            table.print()
        }
        if let made = story.made { provenance(made) }
        if !story.jobs.isEmpty {
            heading("JOBS")
            var sheet = Sheet()
            for job in story.jobs { JobShowCommand.add(job, to: &sheet) }
            sheet.print()
        }
        for warning in story.warnings {
            Output.note("warning: \(Output.escape(warning.message))")
        }
    }

    private static func heading(_ text: String) {
        Output.line("")
        Output.line(text)
    }

    private static func found(_ story: ExplainDocument) {
        var sheet = Sheet()
        sheet.add("item", Cell(story.item.id.rawValue))
        sheet.add("file", Cell(story.item.fileName))
        sheet.add("state", Output.state(story.item.state.rawValue))
        sheet.add("generation", Cell("\(story.item.generation)"))
        if let reason = story.item.reason {
            sheet.add("reason", Cell(reason.operator))
            sheet.add("for the uploader", Cell(reason.uploader))
        }
        if let source = story.source {
            sheet.add("found", Cell("\(source.info.format), \(source.mediaType)"))
            sheet.add("size", Cell(Measures.bytes(source.byteCount)))
            if let width = source.info.width, let height = source.info.height {
                sheet.add("picture", Cell("\(width)x\(height)"))
            }
            sheet.add("duration", ifPresent: source.info.durationSeconds.map(Measures.seconds))
            for stream in source.info.streams {
                let words = [stream.codec, stream.language, stream.title].compactMap { $0 }
                sheet.add(
                    "stream \(stream.index)",
                    Cell(([stream.type] + words).joined(separator: ", ")))
            }
        }
        sheet.print()
    }

    private static func provenance(_ made: Manifest.Provenance) {
        heading("BY")
        var sheet = Sheet()
        sheet.add("vitrine", Cell("\(made.vitrine), engine \(made.engineRevision)"))
        sheet.add("recipe", Cell("\(made.recipe) \(made.recipeDigest.prefix(12))"))
        for (name, version) in made.tools.sorted(by: { $0.key < $1.key }) {
            sheet.add(name, Cell(version))
        }
        sheet.add("sandbox", Cell(made.sandbox))
        if let generation = made.restoredFrom {
            sheet.add("restored", Cell("an operator went back to generation \(generation)"))
        }
        sheet.add("CPU", Cell(Measures.seconds(made.cpuSeconds)))
        sheet.add("started", Cell(made.startedAt.description))
        for stage in made.stages {
            sheet.add("  \(stage.name)", Cell(Measures.seconds(stage.seconds)))
        }
        sheet.add("finished", Cell(made.finishedAt.description))
        sheet.print()
    }
}
