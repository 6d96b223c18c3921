import FFmpeg
import Foundation
import MediaModel
import Planning
import TestSupport
import Testing

@testable import Transcoding

/// Real recordings, when this machine has them beside the checkout.
@Suite struct AudioCorpusTests {
    @Test(arguments: [
        "audio-aac-chapters-cover.m4a", "audio-aiff-16bit.aiff", "audio-alac-24bit.mp4",
        "audio-eac3-51.mp4", "audio-flac-24bit-96k.flac", "audio-flac-51.flac",
        "audio-mp3-vbr-cover1400.mp3", "audio-opus-51.mka", "audio-opus.opus", "audio-vorbis.ogg",
        "audio-wav-51-float-extensible.wav", "broken-flac-wrong-max-blocksize.flac",
    ])
    func realRecordingsBecomeEverythingInTime(name: String) async throws {
        guard let source = TestSupport.Corpus.file(name) else {
            print("skipped: no corpus on this machine (\(name))")
            return
        }
        let run = try await CorpusRun(source)
        let info = run.info
        let planned = try #require(run.plan.audio)
        let m4a = try await FFprobe(try run.file("audio-m4a"))
        // One packet of the longest kind found here (MP3: 1152 samples).
        let packet = 1152 / Double(planned.sampleRate) + 0.001
        #expect(
            abs((m4a.durationSeconds ?? 0) - planned.durationSeconds) <= packet,
            "\(m4a.durationSeconds ?? 0) s of \(planned.durationSeconds) s")
        #expect(m4a.audio?.channels == planned.channels)
        let samples = try await Decoded.floats(try run.file("audio-opus"))
        // The broken one decodes to silence everywhere, ffmpeg's own programs included.
        #expect(
            name.hasPrefix("broken") || samples.contains { abs($0) > 0.001 }, "silence came out")
        if info.audio?.channels ?? 9 <= 2, let loudness = run.loudness,
            let integrated = loudness.integratedLUFS, !name.hasPrefix("broken")
        {
            let oracle = try await AudioTranscoderTests.ebur128(source)
            #expect(abs(integrated - oracle.integrated) <= 0.1)
            #expect(abs((loudness.truePeakDBTP ?? 0) - oracle.peak) <= 0.2)
        }
        let hasCover = info.coverStreamIndex != nil
        #expect(run.artifacts.contains { $0.description.role == .cover } == hasCover)
        #expect(run.artifacts.contains { $0.description.role == .share })
        #expect(run.hasPlaceholder)
        #expect(!run.warnings.contains("coverArtFailed"))
        #expect(!name.hasPrefix("broken") || !run.warnings.isEmpty)
    }

    @Test func missingMediaIsRefusedOrProcessedInPartWithAWarning() async throws {
        guard let source = TestSupport.Corpus.file("broken-m4b-truncated-after-moov.m4b") else {
            print("skipped: no corpus on this machine")
            return
        }
        do {
            let run = try await CorpusRun(source)
            #expect(run.warnings.contains("truncatedSource"))
        } catch let failure as Failure {
            #expect(failure.kind == .invalidMedia, "\(failure)")
        }
    }
}

/// The same as `AudioRun`, with the product's own probe in front.
final class CorpusRun: Sendable {
    let info: MediaInfo
    let plan: Plan
    private let test: TestScratch
    private let log = ReportedEvents()

    init(_ source: URL, recipe: Recipe = Recipe()) async throws {
        test = try TestScratch("corpus")
        let file = try OpenFile(source)
        let format = try FormatSniffer.sniff(descriptor: file.descriptor)
        guard case .container(let demuxer) = format.reader else { throw NotOpened("no container") }
        info = try MediaProbe(limits: Limits(), interrupt: Interrupt()).probe(
            descriptor: file.descriptor, byteCount: Int64(try Data(contentsOf: source).count),
            format: format.name, demuxer: demuxer, mediaType: format.mediaType)
        plan = try Planner(cores: 2).plan(
            info, recipe: recipe,
            source: PlanSource(sha256: String(repeating: "0", count: 64), sidecar: Sidecar()))
        try AudioTranscoder(
            plan: plan, input: file.descriptor, scratch: test.scratch,
            events: { [log] event in log.add(event) }, interrupt: Interrupt()
        ).run()
    }

    var artifacts: [Artifact] {
        log.all.compactMap { if case .artifact(let artifact) = $0 { artifact } else { nil } }
    }
    var warnings: [String] {
        log.all.compactMap { if case .warning(let warning) = $0 { warning.code } else { nil } }
    }
    var loudness: Loudness? {
        log.all.compactMap { if case .loudness(let loudness) = $0 { loudness } else { nil } }.first
    }
    var hasPlaceholder: Bool {
        log.all.contains { if case .placeholder = $0 { true } else { false } }
    }

    func artifact(_ name: String) throws -> Artifact {
        guard let found = artifacts.first(where: { $0.description.name == name }) else {
            throw NotOpened("no artifact \(name) among \(artifacts.map(\.description.name))")
        }
        return found
    }

    func file(_ name: String) throws -> URL { test.file(try artifact(name).file.path) }

    /// A segmented rendition as one file: header and segments one behind the other.
    func joined(_ name: String) throws -> Data {
        var bytes = Data()
        for file in try artifact(name).companions {
            bytes += try Data(contentsOf: test.file(file.path))
        }
        return bytes
    }
}
