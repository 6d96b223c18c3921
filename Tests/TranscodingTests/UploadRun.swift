import Foundation
import Glibc
import MediaModel
import Planning
import TestSupport
import Testing
import Transcoding
import Vips

/// One upload, probed, planned and made in a directory of its own by the worker's engine.
class UploadRun {
    let directory: TemporaryDirectory
    let events = EventLog()
    private let recipe: Recipe
    private(set) var info: MediaInfo?
    private(set) var plan: Plan?

    /// - Parameter recipe: for runs that name none.
    init(_ name: String, recipe: Recipe) throws {
        try Runtime.start(allowing: Engine.allowedParsers)
        directory = try TemporaryDirectory(name)
        self.recipe = recipe
    }

    func probe(_ file: URL, limits: Limits = Limits()) throws -> MediaInfo {
        try open(file) { engine in
            try engine.probe(limits: limits, fileName: file.lastPathComponent)
        }
    }

    @discardableResult
    func run(
        _ file: URL, sidecar: Sidecar = Sidecar(), recipe: Recipe? = nil, limits: Limits = Limits()
    ) throws -> Self {
        let info = try probe(file, limits: limits)
        self.info = info
        let plan = try Planner(limits: limits, cores: 2).plan(
            info, recipe: recipe ?? self.recipe,
            source: PlanSource(sha256: "0", sidecar: sidecar))
        self.plan = plan
        let events = events
        try open(file) { engine in try engine.execute(plan) { events.add($0) } }
        return self
    }

    func artifact(_ name: String) throws -> Artifact {
        try #require(events.artifacts.first { $0.description.name == name }, "\(name)")
    }

    func file(_ name: String) throws -> URL { directory.file(try artifact(name).file.path) }

    /// The whole of a derivative that is text.
    func text(of name: String) throws -> String {
        String(decoding: try Data(contentsOf: file(name)), as: UTF8.self)
    }

    private func open<Answer>(_ file: URL, _ use: (Engine) throws -> Answer) throws -> Answer {
        let handle = try FileHandle(forReadingFrom: file)
        defer { try? handle.close() }
        let scratch = ScratchDirectory(
            descriptor: unsafe Glibc.open(
                directory.url.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC))
        return try use(Engine(upload: handle.fileDescriptor, scratch: scratch))
    }
}
