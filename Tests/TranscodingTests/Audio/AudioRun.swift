import FFmpeg
import Foundation
import MediaModel
import Planning
import Synchronization
import TestSupport

@testable import Transcoding

/// A recording put through planning and `AudioTranscoder`, with everything it reported.
final class AudioRun: Sendable {
    let test: TestScratch
    let plan: Plan
    private let log = ReportedEvents()

    /// - Parameter change: of what the probe would have found, read here with ffprobe.
    init(_ source: URL, change: (inout MediaInfo) -> Void = { _ in }) async throws {
        test = try TestScratch("audio-run")
        var info = try await Self.describe(source)
        change(&info)
        plan = try Planner(cores: 2).plan(
            info, recipe: Recipe(),
            source: PlanSource(
                sha256: String(repeating: "0", count: 64), sidecar: Sidecar()))
        let file = try OpenFile(source)
        try AudioTranscoder(
            plan: plan, input: file.descriptor, scratch: test.scratch,
            events: { [log] event in log.add(event) }, interrupt: Interrupt()
        ).run()
    }

    var events: [TranscodingEvent] { log.all }
    var artifacts: [Artifact] {
        events.compactMap { if case .artifact(let artifact) = $0 { artifact } else { nil } }
    }
    var warnings: [String] {
        events.compactMap { if case .warning(let warning) = $0 { warning.code } else { nil } }
    }
    var loudness: Loudness? {
        events.compactMap { if case .loudness(let loudness) = $0 { loudness } else { nil } }.first
    }
    var hasPlaceholder: Bool {
        events.contains { if case .placeholder = $0 { true } else { false } }
    }

    func artifact(_ name: String) throws -> Artifact {
        guard let found = artifacts.first(where: { $0.description.name == name }) else {
            throw NotOpened("no artifact \(name) among \(artifacts.map(\.description.name))")
        }
        return found
    }

    func file(_ name: String) throws -> URL { test.file(try artifact(name).file.path) }

    /// What ffprobe says, as the product's probe would put it.
    static func describe(_ source: URL) async throws -> MediaInfo {
        let report = try await FFprobe(source)
        guard let audio = report.audio, let index = audio.index else {
            throw NotOpened("\(source.lastPathComponent) has no sound")
        }
        let start = audio.startSeconds ?? 0
        // Containers without a duration per stream (Matroska) say where the file ends.
        let duration = audio.durationSeconds ?? (report.durationSeconds ?? 0) - start
        let stream = AudioStreamInfo(
            index: index, codec: audio.codec ?? "", sampleFormat: "fltp",
            sampleRate: audio.sampleRate ?? 0, channels: audio.channels ?? 0,
            channelLayout: audio.fields["channel_layout"]?.string, startSeconds: start,
            endSeconds: start + duration)
        var info = MediaInfo(
            kind: .audio, format: report.formatName ?? "", mediaType: "audio/x",
            byteCount: 1000, durationSeconds: duration, audio: stream)
        info.coverStreamIndex = report.video?.index
        return info
    }
}

/// Samples as `ffmpeg` decodes them, interleaved.
enum Decoded {
    static func floats(_ url: URL, rate: Int? = nil, channels: Int? = nil) async throws -> [Float] {
        let bytes = try await raw(url, "f32le", rate, channels)
        return stride(from: 0, to: bytes.count - 3, by: 4).map { index in
            let bits = (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[index + $1]) << (8 * $1) }
            return Float(bitPattern: bits)
        }
    }

    static func integers(_ url: URL) async throws -> [Int16] {
        let bytes = try await raw(url, "s16le", nil, nil)
        return stride(from: 0, to: bytes.count - 1, by: 2).map { index in
            Int16(bitPattern: UInt16(bytes[index]) | UInt16(bytes[index + 1]) << 8)
        }
    }

    private static func raw(
        _ url: URL, _ format: String, _ rate: Int?, _ channels: Int?
    ) async throws -> [UInt8] {
        var arguments = ["-v", "error", "-nostdin"]
        let isPlaylist = url.pathExtension == "m3u8"
        if isPlaylist { arguments += ["-allowed_extensions", "ALL", "-copyts"] }
        arguments += ["-i", url.path, "-map", "0:a:0"]
        // Its HLS demuxer gives the priming with times before 0; a player does not let it be heard.
        if isPlaylist { arguments += ["-af", "atrim=start=0"] }
        if let rate { arguments += ["-ar", "\(rate)"] }
        if let channels { arguments += ["-ac", "\(channels)"] }
        return Array(try await Program("ffmpeg").run(arguments + ["-f", format, "-"]))
    }

    /// Positions of the loudest sample around each expected click.
    static func clicks(_ samples: [Float], near expected: [Int], within reach: Int) -> [Int] {
        expected.map { position in
            let range = max(0, position - reach)..<min(samples.count, position + reach)
            return range.max { abs(samples[$0]) < abs(samples[$1]) } ?? -1
        }
    }
}

/// A sound made by an expression of `aevalsrc`.
func sound(
    _ name: String, _ expression: String, rate: Int, seconds: Double, options: [String] = []
) async throws -> URL {
    try await Fixtures.shared.file(name) { url in
        try await Program("ffmpeg").run(
            [
                "-v", "error", "-y", "-f", "lavfi", "-i",
                "aevalsrc=exprs='\(expression)':s=\(rate):d=\(seconds)",
            ] + options + [url.path])
    }
}

/// What an engine reported, in order.
final class ReportedEvents: Sendable {
    private let events = Mutex<[TranscodingEvent]>([])

    func add(_ event: TranscodingEvent) { events.withLock { $0.append(event) } }

    var all: [TranscodingEvent] { events.withLock { $0 } }
}
