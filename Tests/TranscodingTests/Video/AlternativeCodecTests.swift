import Foundation
import MediaModel
import Planning
import TestSupport
import Testing

@testable import Transcoding

/// Rungs in HEVC and AV1 beside the ladder, judged by programs that did not make them.
@Suite(.serialized) struct AlternativeCodecTests {
    private static var recipe: Recipe {
        var recipe = Recipe.quick
        recipe.video.hevc.heights = [360]
        recipe.video.hevc.preset = "ultrafast"
        recipe.video.av1.heights = [360, 180]
        recipe.video.av1.preset = "12"
        return recipe
    }

    private static let film = Film {
        $0.width = 640
        $0.height = 360
        $0.rate = "30000/1001"
        $0.frameCount = 75
    }

    @Test func theSameFramesComeInEveryCodecWithTheSameSegments() async throws {
        let run = try await FilmRun(try await Self.film.file(), recipe: Self.recipe)
        let names = run.result.tracks.map(\.output.name)
        #expect(
            names == [
                "video-360p", "video-180p", "video-360p-hevc", "video-360p-av1", "video-180p-av1",
            ])
        let keys = try await FilmOracle.keyFrameTimes(try run.rung())
        #expect(keys.count == 3)
        let expected = [
            "video-360p-hevc": ("hevc", "hvc1", 640), "video-360p-av1": ("av1", "av01", 640),
            "video-180p-av1": ("av1", "av01", 320),
        ]
        for (name, (codec, tag, width)) in expected {
            let file = try run.file(name)
            let video = try #require(try await FFprobe(file).video)
            #expect(video.codec == codec && video.fields["codec_tag_string"]?.string == tag)
            #expect(video.profile == "Main" && video.pixelFormat == "yuv420p", "\(name)")
            #expect(video.width == width, "\(name)")
            #expect(
                [
                    video.colorPrimaries, video.colorTransfer, video.colorSpace, video.colorRange,
                ] == ["bt709", "bt709", "bt709", "tv"], "\(name)")
            #expect(try await FrameCode.numbers(in: file) == Array(0..<75), "\(name)")
            #expect(try await FilmOracle.keyFrameTimes(file) == keys, "\(name)")
        }
        #expect(run.warnings.isEmpty)
    }

    @Test func bothManifestsOfferEachCodecApart() async throws {
        let run = try await FilmRun(try await Self.film.file(), recipe: Self.recipe)
        let report = try await PlaylistOracle.report(
            on: run.directory.url, hls: try run.artifact("hls-all").file.path,
            dash: try run.artifact("dash").file.path)
        #expect(report["problems"]?.array == [])
        let sets = (report["sets"]?.array ?? []).map { ($0.array ?? []).compactMap(\.string) }
        #expect(sets.map(\.count) == [2, 1, 2, 1])
        let families = sets.map { $0.first?.prefix(5) ?? "" }
        #expect(families == ["avc1.", "hvc1.", "av01.", "mp4a."])
        // What a browser is given switches only between what it can switch between.
        let plain = try String(contentsOf: try run.file("hls"), encoding: .utf8)
        #expect(plain.components(separatedBy: "CODECS=\"avc1.").count == 1 + 2 * 2)
        #expect(!plain.contains("hvc1") && !plain.contains("av01"))
    }

    /// FFmpeg's own reading of the parameter sets.
    @Test func codecStringsSayWhatTheParameterSetsSay() async throws {
        let run = try await FilmRun(try await Self.film.file(), recipe: Self.recipe)
        for (name, set) in [
            ("video-360p-hevc", "Sequence Parameter Set"), ("video-360p-av1", "Sequence Header"),
        ] {
            let codecs = try #require(try run.artifact(name).description.codecs)
            let result = try await Program("ffmpeg").result([
                "-v", "verbose", "-nostdin", "-allowed_extensions", "ALL", "-i",
                try run.file(name).path, "-c", "copy", "-bsf:v", "trace_headers", "-frames:v", "1",
                "-f", "null", "-",
            ])
            let trace = try #require(result.error.components(separatedBy: set).dropFirst().first)
            func field(_ field: String) -> Int? {
                trace.split(separator: "\n").first { $0.contains(" \(field) ") }
                    .flatMap { $0.split(separator: "=").last }
                    .flatMap { Int($0.trimmingCharacters(in: .whitespaces)) }
            }
            if name.hasSuffix("hevc") {
                let profile = try #require(field("general_profile_idc"))
                let level = try #require(field("general_level_idc"))
                #expect(codecs.hasPrefix("hvc1.\(profile).6.L\(level)."), "\(codecs)")
            } else {
                let profile = try #require(field("seq_profile"))
                let level = try #require(field("seq_level_idx[0]"))
                let digits = level < 10 ? "0\(level)" : "\(level)"
                #expect(codecs == "av01.\(profile).\(digits)M.08", "\(codecs)")
            }
        }
    }

    @Test func framesOfVaryingLengthBreakTheirSegmentsAlike() async throws {
        let film = Film {
            $0.width = 640
            $0.height = 360
            $0.frameCount = 60
            $0.audioCodec = nil
            $0.filter = "select='not(between(t,0.79,1.99)*gt(mod(n,5),1))'"
            $0.outputOptions = ["-fps_mode", "vfr"]
        }
        let run = try await FilmRun(try await film.file(), recipe: Self.recipe)
        #expect(run.info.video?.isVariableFrameRate == true)
        let keys = try await FilmOracle.keyFrameTimes(try run.rung())
        let numbers = try await FrameCode.numbers(in: try run.rung())
        for name in ["video-360p-hevc", "video-180p-av1"] {
            #expect(try await FilmOracle.keyFrameTimes(try run.file(name)) == keys, "\(name)")
            #expect(try await FrameCode.numbers(in: try run.file(name)) == numbers, "\(name)")
        }
    }
}
