import FFmpeg
import Foundation
import MediaModel
import Planning
import TestSupport
import Testing

@testable import Transcoding

@Suite struct AudioTranscoderTests {
    /// A click at every half second of an odd number of samples.
    private func clicks() async throws -> URL {
        let click = "if(eq(mod(n,44100),22050),0.9,0.0001*sin(n/5))"
        return try await sound(
            "clicks.wav", "\(click)|\(click)", rate: 44_100, seconds: 5.217)
    }

    @Test func everyRenditionStartsAndEndsWhereTheSourceDoes() async throws {
        let source = try await clicks()
        let count = try await Decoded.integers(source).count / 2
        let run = try await AudioRun(source)
        #expect(run.warnings.isEmpty)
        let expected = [22_050, 66_150, 110_250, 154_350, 198_450]

        let m4a = try await Decoded.floats(try run.file("audio-m4a"), channels: 1)
        #expect((count..<count + 1024).contains(m4a.count), "\(m4a.count) samples of \(count)")
        let inFile = Decoded.clicks(m4a, near: expected, within: 2000)
        #expect(zip(inFile, expected).allSatisfy { abs($0 - $1) <= 3 }, "\(inFile)")

        let segments = try await Decoded.floats(try run.file("audio-aac"), channels: 1)
        let inSegments = Decoded.clicks(segments, near: expected, within: 2000)
        #expect(zip(inSegments, expected).allSatisfy { abs($0 - $1) <= 3 }, "\(inSegments)")

        let opus = try await Decoded.floats(try run.file("audio-opus"), channels: 1)
        let dense = expected.map { $0 * 480 / 441 }
        let inOpus = Decoded.clicks(opus, near: dense, within: 2000)
        #expect(zip(inOpus, dense).allSatisfy { abs($0 - $1) <= 12 }, "\(inOpus)")
        #expect(abs(opus.count - count * 480 / 441) <= 2, "\(opus.count) samples")

        let said = try run.artifact("audio-m4a").description
        #expect(abs((said.durationSeconds ?? 0) - Double(count) / 44_100) < 1e-9)
        #expect(said.sampleRate == 44_100 && said.channels == 2 && said.codecs == "mp4a.40.2")
    }

    @Test func playlistsAndPicturesBelongToARecording() async throws {
        let run = try await AudioRun(try await clicks())
        #expect(
            run.artifacts.map(\.description.name) == [
                "audio-aac", "audio-m4a", "audio-opus", "waveform.json", "waveform.dat",
                "peaks.json", "waveform.svg", "waveform.png", "share", "hls", "dash", "tracks",
            ])
        #expect(run.hasPlaceholder)
        for name in ["hls", "dash"] {
            let report = try await FFprobe(try run.file(name))
            #expect(report.audio?.codec == "aac")
            #expect(report.video == nil)
        }
        // Every file is where and what its artifact says.
        for artifact in run.artifacts {
            for file in [artifact.file] + artifact.companions {
                #expect(ContentName.isValidPath(file.path))
                #expect(try run.test.scratch.measure(file.path) == file)
            }
        }
        let progress = run.events.compactMap {
            if case .progress(_, let fraction) = $0 { fraction } else { nil }
        }
        #expect(progress == progress.sorted() && progress.last == 1)
    }

    @Test func loudnessIsWhatTheFilterOfFFmpegMeasures() async throws {
        let source = try await sound(
            "programme.wav",
            "0.3*sin(2*PI*997*t)*(0.2+0.8*gt(sin(t),0))+0.02*random(0)|0.25*sin(2*PI*1501*t)",
            // Not a whole number of the filter's 100 ms blocks: as every real recording.
            rate: 44_100, seconds: 12.037)
        let run = try await AudioRun(source)
        let oracle = try await Self.ebur128(source)
        let measured = try #require(run.loudness)
        #expect(abs((measured.integratedLUFS ?? 0) - oracle.integrated) <= 0.1)
        #expect(abs((measured.rangeLU ?? 99) - oracle.range) <= 0.1)
        #expect(abs((measured.truePeakDBTP ?? 0) - oracle.peak) <= 0.2)
        let gain = min(-16 - oracle.integrated, -1 - oracle.peak)
        #expect(abs((measured.gainDB ?? 0) - gain) <= 0.2)
    }

    @Test func silenceHasNoLoudness() async throws {
        let run = try await AudioRun(try await sound("silence.wav", "0", rate: 48_000, seconds: 2))
        let loudness = try #require(run.loudness)
        #expect(loudness.integratedLUFS == nil)
        #expect(loudness.gainDB == nil)
        #expect(loudness.truePeakDBTP == nil)
    }

    @Test func surroundAtFullScaleDoesNotClip() async throws {
        let tone = "0.999*sin(2*PI*440*t)"
        let source = try await sound(
            "surround.flac", Array(repeating: tone, count: 6).joined(separator: "|") + ":c=5.1",
            rate: 48_000, seconds: 2)
        let run = try await AudioRun(source)
        #expect(run.plan.audio?.downmix == true)
        #expect((run.loudness?.truePeakDBTP ?? 9) <= 0.1)
        #expect((run.loudness?.truePeakDBTP ?? -99) > -6)
        #expect(try await FFprobe(try run.file("audio-opus")).audio?.channels == 2)
    }

    @Test(arguments: [
        ("high.wav", 96_000, ["-c:a", "pcm_s24le"], 48_000),
        ("speech.wav", 8000, ["-c:a", "pcm_s16le"], 8000),
        ("archive.wav", 192_000, ["-c:a", "pcm_f64le"], 48_000),
        ("cd-family.flac", 88_200, ["-c:a", "flac"], 44_100),
        ("old.aiff", 22_050, ["-c:a", "pcm_s8"], 22_050),
    ])
    func ratesAndFormatsComeOutAsPlanned(
        name: String, rate: Int, options: [String], expected: Int
    ) async throws {
        let source = try await sound(
            name, "0.4*sin(2*PI*500*t)", rate: rate, seconds: 2.5, options: options)
        let run = try await AudioRun(source)
        let report = try await FFprobe(try run.file("audio-m4a"))
        #expect(report.audio?.sampleRate == expected)
        #expect(report.audio?.channels == 1)
        #expect(abs((report.durationSeconds ?? 0) - 2.5) < 1024 / Double(expected))
        let opus = try await Decoded.floats(try run.file("audio-opus"), rate: 48_000)
        #expect(abs(opus.count - 120_000) <= 16, "\(opus.count) samples")
        // The tone is there, at its level.
        let power = opus[24_000..<96_000].reduce(0) { $0 + Double($1) * Double($1) } / 72_000
        #expect(abs(20 * log10((power * 2).squareRoot()) - 20 * log10(0.4)) < 0.7)
    }

    @Test func channelsWithoutALayoutAreMixedByTheirNumber() async throws {
        let source = try await sound(
            "six.aiff", "0.9|0|0|0|0|0".replacingOccurrences(of: "0.9", with: "0.9*sin(3000*t)"),
            rate: 48_000, seconds: 1, options: ["-c:a", "pcm_s16be"])
        let run = try await AudioRun(source) { $0.audio?.channelLayout = nil }
        let samples = try await Decoded.floats(try run.file("audio-m4a"))
        let left = stride(from: 0, to: samples.count - 1, by: 2).map { abs(samples[$0]) }.max()
        let right = stride(from: 1, to: samples.count, by: 2).map { abs(samples[$0]) }.max()
        #expect((left ?? 0) > 0.2)
        #expect((right ?? 1) < 0.02)
    }

    @Test func damagedFLACIsProcessedWithAWarningAndKeepsItsLength() async throws {
        let whole = try await sound(
            "whole.flac", "0.5*sin(2*PI*(300+50*t)*t)+0.1*random(0)", rate: 44_100, seconds: 6,
            options: ["-compression_level", "0"])
        let directory = try TemporaryDirectory("damaged-flac")
        var bytes = [UInt8](try Data(contentsOf: whole))
        for index in (bytes.count / 2)..<(bytes.count / 2 + 40_000) { bytes[index] = 0x5a }
        let source = try directory.write(Data(bytes), to: "damaged.flac")
        let run = try await AudioRun(source)
        #expect(run.warnings.contains("damagedAudio") || run.warnings.contains("audioGaps"))
        let report = try await FFprobe(try run.file("audio-m4a"))
        #expect(abs((report.durationSeconds ?? 0) - 6) < 0.15)
    }

    @Test func soundThatCannotBeDecodedAtAllIsRefused() async throws {
        let whole = try await sound(
            "whole.m4a", "0.5*sin(2*PI*300*t)", rate: 44_100, seconds: 2,
            options: ["-c:a", "aac", "-movflags", "+faststart"])
        var bytes = [UInt8](try Data(contentsOf: whole))
        let data = Data(bytes)
        let start = try #require(data.range(of: Data("mdat".utf8))).upperBound
        for index in start..<bytes.count { bytes[index] = 0xff }
        let directory = try TemporaryDirectory("undecodable")
        let source = try directory.write(Data(bytes), to: "undecodable.m4a")
        do {
            _ = try await AudioRun(source)
            Issue.record("noise was taken for sound")
        } catch let failure as Failure {
            #expect(failure.kind == .invalidMedia)
            #expect(failure.code == "noSound")
        }
    }

    /// A song whose attached picture is `cover`.
    private func song(_ name: String, cover: URL) async throws -> URL {
        let tone = try await sound("tone.wav", "0.5*sin(2*PI*300*t)", rate: 44_100, seconds: 3)
        return try await Fixtures.shared.file(name) { url in
            try await Program("ffmpeg").run([
                "-v", "error", "-y", "-i", tone.path, "-i", cover.path, "-map", "0:a", "-map",
                "1:v",
                "-c:a", "libmp3lame", "-c:v", "copy", "-disposition:v", "attached_pic", url.path,
            ])
        }
    }

    private func picture() async throws -> URL {
        try await Fixtures.shared.file("cover.jpg") { url in
            try await Program("ffmpeg").run([
                "-v", "error", "-y", "-f", "lavfi", "-i", "testsrc2=size=500x500", "-frames:v", "1",
                url.path,
            ])
        }
    }

    @Test func aSongsCoverBecomesItsPicturesAndItsTimingIsExact() async throws {
        let run = try await AudioRun(try await song("song.mp3", cover: try await picture()))
        #expect(run.warnings.isEmpty)
        let covers = run.artifacts.filter { $0.description.role == .cover }
        #expect(covers.map { $0.description.width ?? 0 }.max() == 500)
        #expect(run.artifacts.filter { $0.description.role == .share }.count == 1)
        #expect(run.hasPlaceholder)
        // Priming and padding of MP3 are neither heard nor counted.
        let samples = try await Decoded.floats(try run.file("audio-m4a"))
        #expect((132_300..<132_300 + 1152 + 1024).contains(samples.count), "\(samples.count)")
        #expect(abs((run.plan.audio?.durationSeconds ?? 0) - 3) < 0.06)
    }

    @Test func aBrokenCoverFailsAloneWithAWarning() async throws {
        let whole = try await song("song-2.mp3", cover: try await picture())
        var bytes = [UInt8](try Data(contentsOf: whole))
        let data = Data(bytes)
        let start = try #require(data.range(of: Data([0xff, 0xd8, 0xff]))).lowerBound
        for index in (start + 20)..<(start + 3000) { bytes[index] = 0 }
        let directory = try TemporaryDirectory("broken-cover")
        let source = try directory.write(Data(bytes), to: "song.mp3")
        let run = try await AudioRun(source) { $0.coverStreamIndex = 1 }
        #expect(run.warnings.contains("coverArtFailed"))
        #expect(run.hasPlaceholder)
        #expect(try await FFprobe(try run.file("audio-m4a")).audio?.codec == "aac")
        #expect(!run.artifacts.contains { $0.description.role == .cover })
    }

    /// Integrated loudness, range and true peak as `ffmpeg`'s summary says them.
    static func ebur128(
        _ url: URL
    ) async throws -> (integrated: Double, range: Double, peak: Double) {
        let result = try await Program("ffmpeg").result([
            "-hide_banner", "-nostdin", "-i", url.path, "-af", "ebur128=peak=true", "-f", "null",
            "-",
        ])
        let summary = result.error.components(separatedBy: "Summary:").last ?? ""
        func number(after label: String) -> Double {
            let rest = summary.components(separatedBy: label).dropFirst().first ?? ""
            return rest.split(whereSeparator: { $0 == " " || $0 == "\n" }).first
                .flatMap { Double($0) } ?? .nan
        }
        return (number(after: "I:"), number(after: "LRA:"), number(after: "Peak:"))
    }
}
