import Foundation
import MediaModel
import Planning
import TestSupport
import Testing

@testable import Transcoding

/// A colour chart in every way a source may store it, in an odd size.
@Suite(.serialized) struct PixelFormatTests {
    @Test(arguments: [
        "yuv411p", "yuv410p", "yuv440p", "yuv422p10le", "yuv444p12le", "gbrp", "gbrp12le",
        "rgb48le", "bgr0", "yuva444p10le", "yuva420p", "rgba", "nv12", "uyvy422",
    ])
    func everyFormatKeepsItsColour(format: String) async throws {
        let isPacked = ["nv12", "uyvy422"].contains(format)
        let isRGB = ["gbr", "rgb", "bgr"].contains { format.hasPrefix($0) }
        let file = try await Fixtures.shared.file("format-\(format).nut") { url in
            try await Program("ffmpeg").run([
                "-v", "error", "-f", "lavfi", "-i",
                "color=0xC06030:size=162x122:rate=10:duration=0.3,format=gbrp,"
                    + (isRGB
                        ? "" : "scale=out_color_matrix=bt709:out_range=limited:flags=accurate_rnd,")
                    + "format=\(format)",
                "-c:v", isPacked ? "rawvideo" : "ffv1", "-f", "matroska", "-colorspace",
                isRGB ? "rgb" : "bt709",
                "-color_primaries", "bt709", "-color_trc", "bt709", url.path,
            ])
        }
        let run = try await FilmRun(file)
        let pixels = try await FilmOracle.pixels(try run.rung())
        let middle = (61 * 162 + 81) * 3
        let found = pixels[middle..<(middle + 3)].map(Int.init)
        for (value, expected) in zip(found, [0xC0, 0x60, 0x30]) {
            #expect(abs(value - expected) <= 5, "\(found)")
        }
    }

    @Test(arguments: ["gray", "gray10le", "ya8", "pal8", "monob"])
    func greyFormatsComeOutGrey(format: String) async throws {
        let file = try await Fixtures.shared.file("grey-\(format).mkv") { url in
            try await Program("ffmpeg").run([
                "-v", "error", "-f", "lavfi", "-i",
                "color=white:size=161x121:rate=10:duration=0.3,format=\(format)", "-c:v",
                format == "gray10le" ? "ffv1" : "png", url.path,
            ])
        }
        let run = try await FilmRun(file)
        let pixels = try await FilmOracle.pixels(try run.rung())
        let middle = (60 * 160 + 80) * 3
        // The fixture's white is 235 where grey is full range.
        for value in pixels[middle..<(middle + 3)] { #expect(value >= 230, "\(format)") }
    }

    @Test func transparencyIsFlattenedOnBlack() async throws {
        let file = try await Fixtures.shared.file("alpha.mov") { url in
            try await Program("ffmpeg").run([
                "-v", "error", "-f", "lavfi", "-i",
                "color=red:size=160x120:rate=10:duration=0.3,format=rgba,"
                    + "geq=r=255:g=0:b=0:a='if(lt(X,80),0,255)'",
                "-c:v", "png", url.path,
            ])
        }
        let run = try await FilmRun(file)
        #expect(run.info.video?.hasAlpha == true)
        // What is flattened here is kept beside it.
        #expect(run.plan.video?.alpha != nil)
        let pixels = try await FilmOracle.pixels(try run.rung())
        let left = (60 * 160 + 20) * 3
        let right = (60 * 160 + 140) * 3
        #expect(pixels[left..<(left + 3)].allSatisfy { $0 < 12 })
        #expect(pixels[right] > 240)
    }
}
