import Foundation
import Glibc
import MediaModel
import Planning
import Synchronization
import Testing
import Transcoding
import Vips

/// One still, probed, planned and made in a directory of its own, as a worker would do it.
final class StillRun {
    let directory: URL
    private(set) var info: MediaInfo?
    private(set) var plan: StillPlan?
    let events = EventLog()

    init() throws {
        try Runtime.start(allowing: Engine.allowedParsers)
        directory = FileManager.default.temporaryDirectory
            .appendingPathComponent("stills-tests-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(at: directory)
    }

    func scratch() throws -> ScratchDirectory {
        ScratchDirectory(
            descriptor: unsafe open(directory.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC))
    }

    func probe(_ file: URL, limits: Limits = Limits()) throws -> MediaInfo {
        let handle = try FileHandle(forReadingFrom: file)
        defer { try? handle.close() }
        let format = try FormatSniffer.sniff(descriptor: handle.fileDescriptor)
        return try StillProbe.probe(
            descriptor: handle.fileDescriptor, format: format,
            byteCount: Int64(handle.seekToEnd()), limits: limits)
    }

    @discardableResult
    func run(
        _ file: URL, sidecar: Sidecar = Sidecar(), recipe: Recipe = Recipe(), cores: Int = 2
    ) throws -> Self {
        let info = try probe(file)
        let plan = try Planner(cores: cores).plan(
            info, recipe: recipe, source: PlanSource(sha256: "0", sidecar: sidecar))
        let still = try #require(plan.still)
        self.info = info
        self.plan = still
        let handle = try FileHandle(forReadingFrom: file)
        defer { try? handle.close() }
        let events = events
        try StillTranscoder(
            plan: still, credit: plan.credit, scratch: scratch(), cores: plan.budget.cores
        ) { events.add($0) }
        .run(descriptor: handle.fileDescriptor)
        return self
    }

    /// The file of a derivative, by the name the plan gave it.
    func file(_ name: String) throws -> URL {
        let artifact = try #require(events.artifacts.first { $0.description.name == name })
        return directory.appendingPathComponent(artifact.file.path)
    }

    /// The JPEG or PNG of a width: the one that every browser shows, whatever the content.
    func fallback(_ width: Int) throws -> Image {
        let names = events.artifacts.map(\.description.name)
        return try image(
            names.contains("image-\(width).png")
                ? "image-\(width).png" : "image-\(width).jpg")
    }

    /// A derivative decoded to PNG by its own loader, for programs that read no AVIF.
    func image(_ name: String) throws -> Image {
        let file = try file(name)
        let loader: Loader =
            switch file.pathExtension {
            case "avif": .heif
            case "webp": .webp
            case "png": .png
            default: .jpeg
            }
        return try Image.load(Source(bytes: [UInt8](Data(contentsOf: file))), with: loader)
    }
}

extension Recipe {
    /// One width and no cards: for what does not depend on how many there are.
    static var small: Recipe {
        var recipe = Recipe()
        recipe.image.widths = [320]
        recipe.image.cards = false
        return recipe
    }
}

/// What the engine said.
final class EventLog: Sendable {
    private let log = Mutex<[TranscodingEvent]>([])

    func add(_ event: TranscodingEvent) { log.withLock { $0.append(event) } }
    var all: [TranscodingEvent] { log.withLock { $0 } }

    var artifacts: [Artifact] {
        all.compactMap { if case .artifact(let artifact) = $0 { artifact } else { nil } }
    }
    var leftOut: [LeftOut] {
        all.compactMap { if case .leftOut(let entry) = $0 { entry } else { nil } }
    }
    var warnings: [String] {
        all.compactMap { if case .warning(let warning) = $0 { warning.code } else { nil } }
    }
    var placeholders: [Placeholder] {
        all.compactMap { if case .placeholder(let placeholder) = $0 { placeholder } else { nil } }
    }
}

/// Programs that know images independently of the engine.
enum Oracle {
    struct Failed: Error {
        let command: String
        let output: String
    }

    @discardableResult
    static func run(_ program: String, _ arguments: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [program] + arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        let text = String(decoding: data, as: UTF8.self)
        guard process.terminationStatus == 0 else {
            throw Failed(command: "\(program) \(arguments)", output: text)
        }
        return text.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    static func exif(_ tags: [String], _ file: URL) throws -> String {
        try run("exiftool", ["-s3"] + tags + [file.path])
    }

    static func everything(_ file: URL) throws -> String {
        try run("exiftool", ["-a", "-G1", "-s", file.path])
    }
}
