import Foundation
import Glibc
import MediaModel
import Planning
import TestSupport
import Testing
import Transcoding
import Vips

/// One document, probed, planned and made in a directory of its own, as a worker would do it.
final class DocumentRun {
    let directory: TemporaryDirectory
    let events = EventLog()
    private(set) var info: MediaInfo?
    private(set) var plan: Plan?

    init() throws {
        try Runtime.start()
        directory = try TemporaryDirectory("document")
    }

    /// Small pictures, few of them.
    static var recipe: Recipe {
        var recipe = Recipe()
        recipe.image.cards = false
        recipe.document.coverWidths = [100]
        recipe.document.pageWidths = [60, 120]
        return recipe
    }

    func fixture(_ file: PDFFile) throws -> URL {
        try directory.write(file.data, to: "in/document.pdf")
    }

    func probe(_ file: URL, limits: Limits = Limits()) throws -> MediaInfo {
        let handle = try FileHandle(forReadingFrom: file)
        defer { try? handle.close() }
        let format = try FormatSniffer.sniff(descriptor: handle.fileDescriptor)
        return try DocumentProbe.probe(
            descriptor: handle.fileDescriptor, format: format, byteCount: 1, limits: limits)
    }

    @discardableResult
    func run(
        _ file: URL, sidecar: Sidecar = Sidecar(), recipe: Recipe = DocumentRun.recipe,
        limits: Limits = Limits()
    ) throws -> Self {
        let info = try probe(file, limits: limits)
        self.info = info
        let plan = try Planner(limits: limits, cores: 2).plan(
            info, recipe: recipe, source: PlanSource(sha256: "0", sidecar: sidecar))
        self.plan = plan
        let handle = try FileHandle(forReadingFrom: file)
        defer { try? handle.close() }
        let events = events
        let scratch = ScratchDirectory(
            descriptor: unsafe open(directory.url.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC))
        try DocumentTranscoder(
            plan: #require(plan.document), credit: plan.credit,
            descriptor: handle.fileDescriptor, scratch: scratch, events: { events.add($0) }
        ).run()
        return self
    }

    func artifact(_ name: String) throws -> Artifact {
        try #require(events.artifacts.first { $0.description.name == name }, "\(name)")
    }

    func file(_ name: String) throws -> URL { directory.file(try artifact(name).file.path) }

    func text() throws -> String {
        String(decoding: try Data(contentsOf: file("text")), as: UTF8.self)
    }
}
