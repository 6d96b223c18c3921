import Foundation
import MediaModel
import Planning
import TestSupport
import Testing

@testable import Transcoding

/// The likeness that a manifest publishes, against the same frames compared by the ffmpeg program.
@Suite(.serialized) struct QualityTests {
    /// Tagged as it is published, so that the frames go to the encoder as they are.
    private static let film = Film {
        $0.width = 640
        $0.height = 360
        $0.frameCount = 100
        $0.audioCodec = nil
        $0.codecOptions = ["-preset", "veryfast", "-crf", "12"]
        $0.outputOptions = [
            "-color_primaries", "bt709", "-color_trc", "bt709", "-colorspace", "bt709",
            "-color_range", "tv",
        ]
    }

    private func measured(_ rung: URL, _ source: URL) async throws -> Double {
        // The first and the fourth segment of a second each, frames 3 and 9 of each.
        let some = "select='eq(n,3)+eq(n,9)+eq(n,78)+eq(n,84)'"
        let result = try await Program("ffmpeg").result([
            "-v", "info", "-nostdin", "-allowed_extensions", "ALL", "-i", rung.path, "-i",
            source.path, "-lavfi", "[0:v]\(some)[a];[1:v]\(some)[b];[a][b]ssim", "-f", "null", "-",
        ])
        let text = try #require(result.error.components(separatedBy: " All:").last)
        return try #require(Double(text.prefix { $0 != " " }))
    }

    @Test func theManifestSaysHowMuchARungIsLikeItsSource() async throws {
        let source = try await Self.film.file()
        var scores: [Double] = []
        for crf in [20.0, 38.0] {
            var recipe = Recipe.quick
            recipe.video.crf = crf
            let run = try await FilmRun(source, recipe: recipe)
            let top = try #require(run.artifacts.first { $0.description.name == "video-360p" })
            let quality = try #require(top.description.quality)
            #expect(quality.metric == "ssim")
            let expected = try await measured(try run.rung(), source)
            #expect(abs(quality.score - expected) < 0.001, "\(quality.score) \(expected)")
            scores.append(quality.score)
            for track in run.result.tracks { #expect((track.quality?.score ?? 0) > 0.7) }
        }
        #expect(scores[0] > scores[1] + 0.01, "\(scores)")
    }
}
