import Foundation
import Glibc
import MediaModel
import Planning
import TestSupport
import Testing
import Transcoding
import Vips

/// One drawing, probed, planned and made in a directory of its own, as a worker would do it.
final class DrawingRun {
    let directory: TemporaryDirectory
    let events = EventLog()
    private(set) var info: MediaInfo?
    private(set) var plan: Plan?

    init() throws {
        try Runtime.start(allowing: Engine.allowedParsers)
        directory = try TemporaryDirectory("drawing")
    }

    /// A root of 200×100 around some elements.
    static func drawing(_ content: String, _ attributes: String = "") -> String {
        "<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" "
            + "width=\"200\" height=\"100\" \(attributes)>\(content)</svg>"
    }

    /// Few small pictures.
    static var recipe: Recipe {
        var recipe = Recipe()
        recipe.image.widths = [100, 400]
        recipe.image.cards = false
        return recipe
    }

    func fixture(_ text: String) throws -> URL { try directory.write(text, to: "in/drawing.svg") }

    func probe(_ file: URL, limits: Limits = Limits()) throws -> MediaInfo {
        let handle = try FileHandle(forReadingFrom: file)
        defer { try? handle.close() }
        let format = try FormatSniffer.sniff(descriptor: handle.fileDescriptor)
        return try DrawingProbe.probe(
            descriptor: handle.fileDescriptor, format: format, byteCount: 1, limits: limits)
    }

    @discardableResult
    func run(
        _ file: URL, sidecar: Sidecar = Sidecar(), recipe: Recipe = DrawingRun.recipe,
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
        try DrawingTranscoder(
            plan: #require(plan.drawing), credit: plan.credit,
            descriptor: handle.fileDescriptor, scratch: scratch, events: { events.add($0) }
        ).run()
        return self
    }

    func file(_ name: String) throws -> URL {
        let artifact = try #require(
            events.artifacts.first { $0.description.name == name }, "\(name)")
        return directory.file(artifact.file.path)
    }

    /// The sanitised copy.
    func copy() throws -> String {
        String(decoding: try Data(contentsOf: file("drawing")), as: UTF8.self)
    }
}
