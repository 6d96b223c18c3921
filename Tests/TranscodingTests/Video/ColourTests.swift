import Foundation
import MediaModel
import Planning
import TestSupport
import Testing

@testable import Transcoding

@Suite(.serialized) struct ColourTests {
    /// The same colour, however it was stored, is shown the same.
    @Test(arguments: [
        ["-pix_fmt", "yuv420p", "-colorspace", "bt709", "-color_range", "tv"],
        ["-pix_fmt", "yuvj420p", "-colorspace", "bt709", "-color_range", "pc"],
        ["-pix_fmt", "yuv444p10le", "-colorspace", "bt709", "-color_range", "tv"],
        ["-pix_fmt", "yuv420p", "-colorspace", "smpte170m", "-color_range", "tv"],
        ["-pix_fmt", "yuvj422p", "-colorspace", "smpte170m", "-color_range", "pc"],
    ])
    func matrixAndRangeAreConvertedOnce(options: [String]) async throws {
        let matrix = options[3] == "bt709" ? "bt709" : "bt601"
        let range = options[5] == "pc" ? "full" : "limited"
        let file = try await Fixtures.shared.file("colour-\(options.joined()).mkv") { url in
            try await Program("ffmpeg").run(
                [
                    "-v", "error", "-f", "lavfi", "-i",
                    "color=0x2080c0:size=320x180:rate=10:duration=0.5,format=gbrp,"
                        + "scale=out_color_matrix=\(matrix):out_range=\(range):flags=accurate_rnd,"
                        + "format=\(options[1]),"
                        + "setparams=colorspace=\(options[3]):color_primaries=bt709:color_trc=bt709",
                    "-color_primaries", "bt709", "-color_trc", "bt709", "-c:v", "libx264",
                    "-qp", "4", "-preset", "ultrafast",
                ] + options + [url.path])
        }
        let run = try await FilmRun(file)
        let pixel = try await FilmOracle.pixels(try run.rung())[0..<3]
        for (found, expected) in zip(pixel, [0x20, 0x80, 0xC0]) {
            #expect(abs(Int(found) - expected) <= 4, "\(Array(pixel))")
        }
    }

    @Test func rgbFilmsKeepTheirColours() async throws {
        let file = try await Fixtures.shared.file("colour-rgb.mov") { url in
            try await Program("ffmpeg").run([
                "-v", "error", "-f", "lavfi", "-i",
                "color=0xC04020:size=320x180:rate=10:duration=0.5", "-c:v", "png", "-pix_fmt",
                "rgb24", url.path,
            ])
        }
        let run = try await FilmRun(file)
        let pixel = try await FilmOracle.pixels(try run.rung())[0..<3]
        for (found, expected) in zip(pixel, [0xC0, 0x40, 0x20]) {
            #expect(abs(Int(found) - expected) <= 4, "\(Array(pixel))")
        }
    }

    /// PQ greys of known luminance: 100 nits stays a middle tone, 203 nits is light but below
    /// white, 1000 nits is white; grey stays grey, and order is kept.
    @Test func perceptualQuantiserBecomesPlausibleSDR() async throws {
        // SMPTE ST 2084 code values, 10-bit limited range, of 0.1, 26, 100, 203 and 1000 nits.
        let codes = [0.0623, 0.3688, 0.5081, 0.5807, 0.7518].map { Int(64 + $0 * 876) }
        let luma =
            "if(lt(X,W/5),\(codes[0]),if(lt(X,2*W/5),\(codes[1]),"
            + "if(lt(X,3*W/5),\(codes[2]),if(lt(X,4*W/5),\(codes[3]),\(codes[4])))))"
        let file = try await Fixtures.shared.file("colour-pq.mkv") { url in
            try await Program("ffmpeg").run([
                "-v", "error", "-f", "lavfi", "-i",
                "color=black:size=320x180:rate=10:duration=0.5,format=yuv420p10le,"
                    + "geq=lum='\(luma)':cb=512:cr=512",
                "-c:v", "libx265", "-preset", "ultrafast", "-x265-params",
                "log-level=none:qp=4:colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc"
                    + ":range=limited:max-cll=1000,400",
                "-color_primaries", "bt2020", "-color_trc", "smpte2084", "-colorspace",
                "bt2020nc", url.path,
            ])
        }
        let run = try await FilmRun(file)
        #expect(run.info.video?.color.transfer == "smpte2084")
        #expect(run.plan.video?.picture.toneMapPeakNits == 1000)
        let pixels = try await FilmOracle.pixels(try run.rung())
        let greys = (0..<5).map { step -> [Int] in
            let offset = (90 * 320 + step * 64 + 32) * 3
            return pixels[offset..<(offset + 3)].map(Int.init)
        }
        for grey in greys { #expect((grey.max() ?? 0) - (grey.min() ?? 0) <= 4, "\(grey)") }
        let levels = greys.map { $0[1] }
        #expect(levels == levels.sorted(), "\(levels)")
        #expect(levels[0] < 30, "\(levels)")
        #expect((100...190).contains(levels[2]), "\(levels)")
        #expect((170...235).contains(levels[3]), "\(levels)")
        #expect(levels[4] >= 235, "\(levels)")
    }
}
