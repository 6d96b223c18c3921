import Foundation
import MediaModel
import TestSupport
import Testing

@testable import Transcoding

/// Four quarters of known colours, turned by the container; `ffmpeg` says how it should look.
@Suite(.serialized) struct OrientationTests {
    private func quarters(_ size: String) -> String {
        "color=red:size=\(size):rate=10:duration=0.5,format=rgb24,"
            + "drawbox=x=iw/2:y=0:w=iw/2:h=ih/2:color=lime:t=fill,"
            + "drawbox=x=0:y=ih/2:w=iw/2:h=ih/2:color=blue:t=fill,"
            + "drawbox=x=iw/2:y=ih/2:w=iw/2:h=ih/2:color=white:t=fill"
    }

    @Test(arguments: [0, 90, 180, 270], ["", "hflip", "portrait", "portrait hflip"])
    func turnedAndMirroredFilmsComeOutUpright(degrees: Int, form: String) async throws {
        let matrix = Self.matrix(degrees: degrees, mirrored: form.hasSuffix("hflip"))
        let landscape = PixelSize(width: 320, height: 180)
        let original = form.hasPrefix("portrait") ? landscape.transposed : landscape
        let file = try await Fixtures.shared.file("turned-\(degrees)-\(form).mp4") { [self] url in
            try await Program("ffmpeg").run([
                "-v", "error", "-f", "lavfi", "-i",
                quarters("\(original.width)x\(original.height)"), "-pix_fmt", "yuv420p",
                "-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709",
                "-c:v", "libx264", "-preset", "ultrafast", url.path,
            ])
            try Self.write(matrix, into: url)
        }
        let run = try await FilmRun(file)
        // `ffmpeg` turns by the matrix on its own.
        let expected = try await FilmOracle.corners(file)
        let found = try await FilmOracle.corners(try run.rung())
        #expect(found == expected)
        let video = try #require(try await FFprobe(try run.rung()).video)
        let size = PixelSize(width: video.width ?? 0, height: video.height ?? 0)
        #expect(size == (degrees % 180 == 0 ? original : original.transposed))
        #expect(Set(expected).count == 4)
    }

    /// Phones write what their sensor felt: the nearest right angle is meant.
    @Test(arguments: [(3, 0), (44, 0), (46, 90), (100, 90), (183, 180), (267, 270), (350, 0)])
    func oddAnglesBecomeTheNearestRightAngle(degrees: Int, expected: Int) async throws {
        let file = try await Fixtures.shared.file("angle-\(degrees).mp4") { [self] url in
            try await Program("ffmpeg").run([
                "-v", "error", "-f", "lavfi", "-i", quarters("320x180"), "-pix_fmt", "yuv420p",
                "-c:v", "libx264", "-preset", "ultrafast", url.path,
            ])
            let angle = Double(degrees) * .pi / 180
            let (sine, cosine) = (Int32(sin(angle) * 65_536), Int32(cos(angle) * 65_536))
            try Self.write([cosine, sine, 0, -sine, cosine, 0, 0, 0, 0x4000_0000], into: url)
        }
        let info = try await FilmRun.probe(file)
        #expect(info.video?.rotation == expected)
        #expect(info.video?.isMirrored == false)
    }

    /// Taller than wide pixels, and a turned anamorphic film: the shape belongs to the coded picture.
    @Test(arguments: [("1/2", 0), ("2/1", 90)])
    func pixelsOfAnyShapeBecomeSquare(aspect: String, degrees: Int) async throws {
        let name = "shape-\(degrees).mp4"
        let file = try await Fixtures.shared.file(name) { [self] url in
            try await Program("ffmpeg").run([
                "-v", "error", "-f", "lavfi", "-i", quarters("160x120") + ",setsar=\(aspect)",
                "-pix_fmt", "yuv420p", "-c:v", "libx264", "-preset", "ultrafast", url.path,
            ])
            try Self.write(Self.matrix(degrees: degrees, mirrored: false), into: url)
        }
        let run = try await FilmRun(file)
        let video = try #require(try await FFprobe(try run.rung()).video)
        #expect(video.sampleAspectRatio == "1:1")
        let shown = Double(video.width ?? 0) / Double(video.height ?? 1)
        // 160 × 120 with pixels half as wide; twice as wide and then turned.
        let expected = degrees == 0 ? 80.0 / 120 : 120.0 / 320
        #expect(abs(shown / expected - 1) < 0.03, "\(shown)")
    }

    @Test func anamorphicFilmsGetSquarePixels() async throws {
        let film = Film {
            $0.width = 240
            $0.height = 180
            $0.frameCount = 10
            $0.audioCodec = nil
            $0.filter = "setsar=4/3"
        }
        let run = try await FilmRun(try await film.file())
        let video = try #require(try await FFprobe(try run.rung()).video)
        #expect(video.width == 320)
        #expect(video.height == 180)
        #expect(video.sampleAspectRatio == "1:1")
    }

    /// a b u c d v x y w of a track header.
    private static func matrix(degrees: Int, mirrored: Bool) -> [Int32] {
        let one: Int32 = 0x10000
        let turned: (Int32, Int32, Int32, Int32) =
            switch degrees {
            case 90: (0, one, -one, 0)
            case 180: (-one, 0, 0, -one)
            case 270: (0, -one, one, 0)
            default: (one, 0, 0, one)
            }
        let (a, b, c, d) = turned
        return mirrored
            ? [-a, -b, 0, c, d, 0, 0, 0, 0x4000_0000] : [a, b, 0, c, d, 0, 0, 0, 0x4000_0000]
    }

    /// Replaces the matrix in the (only) track header of an MP4.
    private static func write(_ matrix: [Int32], into url: URL) throws {
        var data = try Data(contentsOf: url)
        let box = try #require(data.firstRange(of: Data("tkhd".utf8)))
        // Version and flags, times, id, reserved, duration, reserved, layer, group, volume.
        let start = box.upperBound + 4 + 4 * 5 + 8 + 8
        let bytes = matrix.flatMap { value in
            (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * Int32($0))) }
        }
        data.replaceSubrange(start..<(start + 36), with: bytes)
        try data.write(to: url)
    }
}
