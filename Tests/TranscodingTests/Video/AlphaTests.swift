import Foundation
import MediaModel
import Planning
import TestSupport
import Testing

@testable import Transcoding

/// Films with transparency: kept in WebM, flattened on black in H.264.
@Suite(.serialized) struct AlphaTests {
    /// Left half opaque orange, right half transparent with green hidden under it; a quarter of the
    /// height in the middle half transparent.
    private static let picture =
        "color=0xE07020:size=320x180:rate=25:duration=1,format=rgba,"
        + "geq=r='if(lt(X,160),224,0)':g='if(lt(X,160),112,255)':b='if(lt(X,160),32,0)'"
        + ":a='if(lt(X,160),if(between(Y,68,112),128,255),0)'"

    @Test(arguments: [
        ["mov", "prores_ks", "-profile:v", "4444", "-pix_fmt", "yuva444p10le"],
        ["mov", "qtrle", "-pix_fmt", "argb"],
        ["mov", "png", "-pix_fmt", "rgba"],
        ["webm", "libvpx-vp9", "-pix_fmt", "yuva420p", "-b:v", "2M"],
        ["webm", "libvpx", "-pix_fmt", "yuva420p", "-b:v", "2M", "-auto-alt-ref", "0"],
    ])
    func transparencySurvives(format: [String]) async throws {
        // VP8 knows no other matrix than BT.601's, and cannot say so.
        let matrix = format[1] == "libvpx" ? "smpte170m" : "bt709"
        let file = try await Fixtures.shared.file("alpha-\(format[1]).\(format[0])") { url in
            try await Program("ffmpeg").run(
                [
                    "-v", "error", "-f", "lavfi", "-i", Self.picture, "-vf",
                    "scale=out_color_matrix=\(matrix):out_range=limited"
                        // What the ProRes encoder writes comes from the frames.
                        + ",setparams=colorspace=\(matrix):color_primaries=\(matrix)"
                        + ":color_trc=\(matrix)",
                    "-colorspace", matrix, "-color_primaries", matrix, "-color_trc", matrix,
                    "-color_range", "tv",
                    "-c:v", format[1],
                ] + format.dropFirst(2) + [url.path])
        }
        let run = try await FilmRun(file)
        #expect(run.info.video?.hasAlpha == true)
        let alpha = try run.file("alpha")
        let pixels = Array(
            try await Program("ffmpeg").run([
                "-v", "error", "-nostdin", "-c:v", "libvpx-vp9", "-i", alpha.path, "-frames:v",
                "1", "-vf", "scale=in_color_matrix=bt709:in_range=limited,format=rgba", "-f",
                "rawvideo", "-",
            ]))
        func pixel(_ x: Int, _ y: Int) -> [Int] {
            let start = (y * 320 + x) * 4
            return pixels[start..<start + 4].map(Int.init)
        }
        func near(_ found: [Int], _ expected: [Int], _ tolerance: Int = 8) -> Bool {
            zip(found, expected).allSatisfy { abs($0 - $1) <= tolerance }
        }
        #expect(near(pixel(60, 30), [224, 112, 32, 255]), "\(pixel(60, 30))")
        #expect(near(pixel(60, 90), [224, 112, 32, 128], 12), "\(pixel(60, 90))")
        #expect(pixel(260, 90)[3] <= 4, "\(pixel(260, 90))")
        // No green comes out from under the transparency at the edge.
        let edge = pixel(157, 30)
        #expect(edge[3] < 40 || edge[1] < 150, "\(edge)")

        // Flattened on black: half of the light where it is half transparent.
        let flat = try await FilmOracle.pixels(try run.rung())
        let dark = (90 * 320 + 60) * 3
        #expect(abs(Int(flat[dark]) - 112) <= 12, "\(flat[dark])")
        let hidden = (90 * 320 + 260) * 3
        #expect(flat[hidden..<hidden + 3].allSatisfy { $0 <= 6 })

        let probe = try await FFprobe(alpha, countingFrames: true)
        #expect(probe.video?.codec == "vp9")
        #expect(probe.video?.frameCount == 25)
        #expect(abs((probe.durationSeconds ?? 0) - 1) < 0.041)
    }

    /// WebM has no place for the duration of the last one.
    @Test func theLastPictureMayBeHeld() async throws {
        let even = try await Fixtures.shared.file("alpha-even.mov") { url in
            try await Program("ffmpeg").run([
                "-v", "error", "-f", "lavfi", "-i", Self.picture, "-frames:v", "22", "-c:v",
                "qtrle", "-pix_fmt", "argb", url.path,
            ])
        }
        let file = try await Fixtures.shared.file("alpha-held.mov") { url in
            try await Program("ffmpeg").run([
                "-v", "error", "-i", even.path, "-c", "copy", "-bsf:v",
                "setts=duration=if(eq(N\\,21)\\,4*DURATION\\,DURATION)", url.path,
            ])
        }
        let run = try await FilmRun(file)
        let probe = try await FFprobe(try run.file("alpha"), countingFrames: true)
        #expect(probe.video?.frameCount == 22)
        #expect(abs((probe.durationSeconds ?? 0) - 1) < 0.002, "\(probe.durationSeconds ?? 0)")
    }

    /// A WebM that says nothing of how long it is or how often its pictures change.
    @Test func onePictureOfUnknownDurationIsShownForItsOwn() async throws {
        let file = try await Fixtures.shared.file("alpha-one.webm") { url in
            let bytes = try await Program("ffmpeg").run([
                "-v", "error", "-f", "lavfi", "-i", Self.picture, "-frames:v", "1", "-c:v",
                "libvpx-vp9", "-pix_fmt", "yuva420p", "-live", "1", "-f", "webm", "-",
            ])
            try Data(bytes).write(to: url)
        }
        #expect(try await FFprobe(file).durationSeconds == nil)
        let run = try await FilmRun(file)
        let probe = try await FFprobe(try run.file("alpha"), countingFrames: true)
        #expect(probe.video?.frameCount == 1)
        let seconds = try #require(try run.artifact("alpha").description.durationSeconds)
        #expect(abs((probe.durationSeconds ?? 0) - seconds) < 0.002)
    }

    /// As browsers' recorders write it: the tag without any transparency.
    @Test func theTagAloneIsNoTransparency() async throws {
        let file = try await Fixtures.shared.file("alpha-tag-only.webm") { url in
            try await Program("ffmpeg").run([
                "-v", "error", "-f", "lavfi", "-i", "testsrc2=size=160x90:rate=25:duration=0.4",
                "-pix_fmt", "yuv420p", "-c:v", "libvpx-vp9", "-deadline", "realtime",
                "-metadata:s:v:0", "alpha_mode=1", url.path,
            ])
        }
        let tags = try await Program("ffprobe").run([
            "-v", "error", "-show_entries", "stream_tags=alpha_mode", "-of", "csv=p=0", file.path,
        ])
        #expect(String(decoding: tags, as: UTF8.self).hasPrefix("1"))
        let info = try await FilmRun.probe(file)
        #expect(info.video?.hasAlpha == false)
        let plan = try Planner(cores: 2).plan(
            info, recipe: .quick, source: PlanSource(sha256: "test", sidecar: Sidecar()))
        #expect(plan.video?.alpha == nil && plan.video?.decoder == nil)
    }

    @Test func opaqueFilmsHaveNoAlphaRendition() async throws {
        let film = Film {
            $0.frameCount = 10; $0.audioCodec = nil
        }
        let run = try await FilmRun(try await film.file())
        #expect(!run.artifacts.contains { $0.description.name == "alpha" })
    }
}
