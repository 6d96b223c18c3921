import FFmpeg
import Foundation
import Glibc
import MediaModel
import Planning
import TestSupport
import Testing
import Transcoding
import Vips

/// One animation, probed, planned and made in a directory of its own, as a worker would do it.
final class AnimationRun {
    let directory: URL
    let events = EventLog()
    private(set) var info: MediaInfo?
    private(set) var plan: Plan?

    init() throws {
        try Runtime.start()
        directory = FileManager.default.temporaryDirectory
            .appendingPathComponent("animation-tests-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(at: directory)
    }

    func fixture(_ name: String) -> URL { directory.appendingPathComponent("in-\(name)") }

    /// Made by `fixtures/animations.py`: six frames, parts of the picture, every disposal.
    func made(_ kind: String) throws -> URL {
        let file = fixture("\(kind).\(kind.prefix { $0 != "-" })")
        try Self.script(["make", kind, file.path])
        return file
    }

    @discardableResult
    static func script(_ arguments: [String]) throws -> String {
        try Oracle.run(PackageLayout.file("fixtures/animations.py").path, arguments)
    }

    /// Few small stills: what is tested here moves.
    static var recipe: Recipe {
        var recipe = Recipe()
        recipe.image.widths = [64]
        recipe.image.cards = false
        recipe.animation.preset = "veryfast"
        return recipe
    }

    func probe(_ file: URL, limits: Limits = Limits()) throws -> MediaInfo {
        let handle = try FileHandle(forReadingFrom: file)
        defer { try? handle.close() }
        let size = try file.resourceValues(forKeys: [.fileSizeKey]).fileSize ?? 0
        let format = try FormatSniffer.sniff(descriptor: handle.fileDescriptor)
        return try StillProbe.probe(
            descriptor: handle.fileDescriptor, format: format, byteCount: Int64(size),
            limits: limits)
    }

    @discardableResult
    func run(
        _ file: URL, sidecar: Sidecar = Sidecar(), recipe: Recipe = AnimationRun.recipe,
        change: (inout AnimationPlan) -> Void = { _ in }
    ) throws -> Self {
        let info = try probe(file)
        self.info = info
        var plan = try Planner(cores: 2).plan(
            info, recipe: recipe, source: PlanSource(sha256: "0", sidecar: sidecar))
        var animation = try #require(plan.animation)
        change(&animation)
        plan.animation = animation
        self.plan = plan
        let handle = try FileHandle(forReadingFrom: file)
        defer { try? handle.close() }
        let events = events
        let scratch = ScratchDirectory(
            descriptor: unsafe open(directory.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC))
        try AnimationTranscoder(
            plan: animation, still: #require(plan.still), credit: plan.credit,
            descriptor: handle.fileDescriptor, scratch: scratch, cores: 2,
            events: { events.add($0) }, interrupt: FFmpeg.Interrupt()
        ).run()
        return self
    }

    /// The file of a derivative, by the name the plan gave it; nil when it was not published.
    func file(_ name: String) -> URL? {
        events.artifacts.first { $0.description.name == name }
            .map { directory.appendingPathComponent($0.file.path) }
    }

    var moving: Set<String> {
        Set(events.artifacts.filter { $0.description.role == .animation }.map(\.description.name))
    }

    /// How long the MP4's frames are shown, in milliseconds, as ffprobe reads them.
    static func packetDelays(_ file: URL) throws -> [Int] {
        let text = try Oracle.run(
            "ffprobe",
            ["-v", "error", "-show_entries", "packet=duration_time", "-of", "csv=p=0", file.path])
        return text.split(whereSeparator: { $0.isNewline || $0 == "," }).compactMap { Double($0) }
            .map { Int(($0 * 1000).rounded()) }
    }

    /// What `webpmux` says: loop count, and how long each frame is shown, in milliseconds.
    static func webp(_ file: URL) throws -> (plays: Int, delays: [Int], isAnimated: Bool) {
        let text = try Oracle.run("webpmux", ["-info", file.path])
        var plays = -1
        var delays: [Int] = []
        for line in text.split(separator: "\n") {
            if let count = line.range(of: "Loop Count : ") {
                plays = Int(line[count.upperBound...].prefix { $0.isNumber }) ?? -1
            }
            let words = line.split(whereSeparator: { $0 == " " })
            // "  1:   96    48    no        0        0      100       none    no …"
            if words.count > 7, words[0].hasSuffix(":"), Int(words[0].dropLast()) != nil {
                delays.append(Int(words[6]) ?? -1)
            }
        }
        return (plays, delays, text.contains("animation"))
    }

    /// The largest difference of each frame's pixels, as Pillow puts them together.
    static func differences(_ a: URL, _ b: URL) throws -> [Int] {
        let found = try JSONValue(
            parsing: Data(script(["compare", a.path, b.path]).utf8))
        let counts = found["counts"]?.array?.compactMap(\.int) ?? []
        #expect(Set(counts).count == 1, "\(counts)")
        return found["worst"]?.array?.compactMap(\.int) ?? []
    }
}
