import FFmpeg
import Foundation
import MediaModel
import Planning
import TestSupport
import Testing

@testable import Transcoding

/// A film's sound as the film's transcoder drives it: packets from outside, the film's origin.
@Suite struct FilmSoundTests {
    private func run(
        _ source: URL, format: String, origin: Double, in test: TestScratch,
        dropping dropped: ClosedRange<Double>? = nil
    ) async throws -> AudioResult {
        let info = try await AudioRun.describe(source)
        var film = info
        film.kind = .video
        film.video = VideoStreamInfo(
            index: 9, codec: "h264", pixelFormat: "yuv420p", bitDepth: 8,
            codedSize: PixelSize(width: 64, height: 64), frameRate: Ratio(25, 1),
            startSeconds: origin, endSeconds: info.audio?.endSeconds ?? 1)
        let plan = try Planner(cores: 1).plan(
            film, recipe: Recipe(),
            source: PlanSource(sha256: String(repeating: "0", count: 64), sidecar: Sidecar()))
        let audio = try #require(plan.audio)
        #expect(audio.originSeconds == origin)
        let file = try OpenFile(source)
        var demuxer = try Demuxer(descriptor: file.descriptor, format: format)
        let pipeline = try AudioPipeline(
            plan: audio, stream: demuxer.streams[audio.streamIndex], scratch: test.scratch,
            interrupt: Interrupt())
        while case .packet(let packet) = try demuxer.read() {
            guard packet.streamIndex == audio.streamIndex else { continue }
            let time = Double(packet.pts ?? 0) * packet.timeBase.doubleValue
            if dropped?.contains(time) == true { continue }
            try pipeline.consume(packet)
        }
        return try pipeline.finish()
    }

    @Test func soundThatStartsLaterThanThePictureStaysLate() async throws {
        let click = "if(eq(mod(n,48000),24000),0.9,0)"
        let late = try await Fixtures.shared.file("late.mka") { url in
            try await Program("ffmpeg").run([
                "-v", "error", "-y", "-f", "lavfi", "-i", "aevalsrc=exprs='\(click)':s=48000:d=4",
                "-output_ts_offset", "0.75", "-c:a", "pcm_s16le", url.path,
            ])
        }
        let test = try TestScratch("late-sound")
        let result = try await run(late, format: "matroska", origin: 0, in: test)
        #expect(abs(result.durationSeconds - 4.75) < 0.002)
        let track = try #require(result.track)
        let samples = try await Decoded.floats(test.file(track.playlist.path))
        let expected = [60_000, 108_000, 156_000, 204_000]
        let found = Decoded.clicks(samples, near: expected, within: 4000)
        // Matroska rounds to milliseconds: 48 samples.
        #expect(zip(found, expected).allSatisfy { abs($0 - $1) <= 60 }, "\(found)")
        #expect(result.warnings.isEmpty)
    }

    @Test func missingPacketsBecomeSilenceAndWhatFollowsStaysInTime() async throws {
        let click = "if(eq(mod(n,48000),24000),0.9,0)"
        let source = try await sound(
            "gap.mka", click, rate: 48_000, seconds: 5, options: ["-c:a", "pcm_s16le"])
        let test = try TestScratch("gap")
        let result = try await run(
            source, format: "matroska", origin: 0, in: test, dropping: 1.0...2.2)
        let track = try #require(result.track)
        let samples = try await Decoded.floats(test.file(track.playlist.path))
        let expected = [24_000, 120_000, 168_000, 216_000]
        let found = Decoded.clicks(samples, near: expected, within: 4000)
        #expect(zip(found, expected).allSatisfy { abs($0 - $1) <= 60 }, "\(found)")
        #expect(samples[72_000..<73_000].allSatisfy { abs($0) < 0.01 })
        #expect(abs(result.durationSeconds - 5) < 0.01)
        #expect(result.warnings.map(\.code) == ["audioGaps"])
    }

    @Test func aFilmHasOnlyTheSharedSegments() async throws {
        let film = try await packagingFilm()
        let test = try TestScratch("film-sound")
        let result = try await run(film, format: "mov", origin: 0, in: test)
        #expect(result.artifacts.map(\.description.role).filter { $0 == .audio }.count == 1)
        #expect(result.track?.segments.count == 3)
        #expect(abs((result.track?.endSeconds ?? 0) - 10) < 0.002)
        let heard = try await ToneCode.seconds(
            in: test.file(try #require(result.track).playlist.path))
        #expect(heard == Array(0..<10).map(Optional.some))
    }
}
