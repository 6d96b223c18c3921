import FFmpeg
import Foundation
import Glibc
import MediaModel
import Planning
import TestSupport
import Testing

import enum Vips.Runtime

@testable import Transcoding

/// One film through probe, planner and engine, with everything that came out.
struct FilmRun {
    let directory: TemporaryDirectory
    let info: MediaInfo
    let plan: Plan
    let result: VideoResult
    let events: [TranscodingEvent]

    /// - Parameter recipe: small and quick unless said otherwise.
    init(
        _ file: URL, recipe: Recipe = Recipe.quick, sidecar: Sidecar = Sidecar(),
        interrupt: Interrupt = Interrupt(),
        watching: @escaping @Sendable (TranscodingEvent) -> Void = { _ in }
    ) async throws {
        let place = try TemporaryDirectory("film")
        let work = Work(
            file: file, recipe: recipe, sidecar: sidecar, interrupt: interrupt,
            watching: watching)
        let outcome = try await onThread { try work.run(in: place) }
        directory = place
        (info, plan, result, events) = outcome
    }

    var artifacts: [Artifact] {
        events.compactMap { if case .artifact(let artifact) = $0 { artifact } else { nil } }
    }
    var warnings: [String] {
        info.warnings.map(\.code)
            + events.compactMap { if case .warning(let warning) = $0 { warning.code } else { nil } }
    }
    var progress: [Double] {
        events.compactMap { if case .progress(_, let fraction) = $0 { fraction } else { nil } }
    }

    var analysis: FilmAnalysis? {
        events.lazy.compactMap { if case .analysis(let analysis) = $0 { analysis } else { nil } }
            .first
    }

    func artifact(_ name: String) throws -> Artifact {
        guard let artifact = artifacts.first(where: { $0.description.name == name }) else {
            throw FilmRunError("no artifact \(name) among \(artifacts.map(\.description.name))")
        }
        return artifact
    }

    func file(_ name: String) throws -> URL { directory.file(try artifact(name).file.path) }

    /// The media playlist of a rung; the first is the largest.
    func rung(_ position: Int = 0) throws -> URL {
        try file(try #require(plan.video).rungs[position].output.name)
    }

    /// A frame of a rung as packed RGB.
    func pixels(_ url: URL, at seconds: Double = 0) async throws -> [UInt8] {
        try await FilmOracle.pixels(url, at: seconds)
    }

    static func probe(_ file: URL, limits: Limits = Limits()) async throws -> MediaInfo {
        try await onThread { try Work.probe(file, limits: limits) }
    }
}

extension Recipe {
    /// One rung at most at 360 lines and one below, fast, short segments.
    static var quick: Recipe {
        var recipe = Recipe(name: "quick")
        recipe.video.preset = "superfast"
        recipe.video.segmentSeconds = 1
        recipe.video.rungs = [
            Rung(height: 360, maximumKilobits: 2000), Rung(height: 180, maximumKilobits: 800),
        ]
        recipe.video.posterWidths = [320]
        recipe.image.cards = false
        return recipe
    }
}

private struct Work: Sendable {
    let file: URL
    let recipe: Recipe
    let sidecar: Sidecar
    let interrupt: Interrupt
    let watching: @Sendable (TranscodingEvent) -> Void

    func run(
        in place: TemporaryDirectory
    ) throws -> (MediaInfo, Plan, VideoResult, [TranscodingEvent]) {
        try Runtime.start()
        let info = try Self.probe(file, limits: Limits())
        let plan = try Planner(cores: 2).plan(
            info, recipe: recipe, source: PlanSource(sha256: "test", sidecar: sidecar))
        let descriptor = unsafe open(file.path, O_RDONLY)
        defer { close(descriptor) }
        let format = try FormatSniffer.sniff(descriptor: descriptor)
        guard case .container(let demuxer) = format.reader else { throw FilmRunError("no film") }
        let scratch = ScratchDirectory(
            descriptor: unsafe open(place.url.path, O_RDONLY | O_DIRECTORY))
        let log = FilmEvents()
        let result = try VideoTranscoder(
            plan: plan, descriptor: descriptor, demuxer: demuxer, scratch: scratch,
            events: { event in
                log.add(event)
                watching(event)
            }, interrupt: interrupt
        ).run()
        return (info, plan, result, log.all)
    }

    static func probe(_ file: URL, limits: Limits) throws -> MediaInfo {
        let descriptor = unsafe open(file.path, O_RDONLY)
        defer { close(descriptor) }
        let format = try FormatSniffer.sniff(descriptor: descriptor)
        guard case .container(let demuxer) = format.reader else { throw FilmRunError("no film") }
        let size = try file.resourceValues(forKeys: [.fileSizeKey]).fileSize ?? 0
        return try MediaProbe(limits: limits, interrupt: Interrupt()).probe(
            descriptor: descriptor, byteCount: Int64(size), format: format.name, demuxer: demuxer,
            mediaType: format.mediaType)
    }
}

/// What the engine said, from all of its threads.
final class FilmEvents: @unchecked Sendable {
    private let lock = NSLock()
    private var events: [TranscodingEvent] = []

    func add(_ event: TranscodingEvent) {
        lock.lock()
        events.append(event)
        lock.unlock()
    }

    var all: [TranscodingEvent] {
        lock.lock()
        defer { lock.unlock() }
        return events
    }
}

/// Runs blocking work on a thread of its own: never on the cooperative pool.
func onThread<Value: Sendable>(
    _ body: @escaping @Sendable () throws -> Value
) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        let thread = Thread { continuation.resume(with: Result { try body() }) }
        thread.start()
    }
}

struct FilmRunError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
