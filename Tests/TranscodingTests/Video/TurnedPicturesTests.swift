import Foundation
import MediaModel
import Planning
import TestSupport
import Testing

@testable import Transcoding

/// What a turned film is shown as beside its rungs: poster, storyboard, hover preview, the rendition
/// with transparency; and turns by angles that are no right ones. Every quarter of the picture has a
/// colour of its own.
@Suite(.serialized) struct TurnedPicturesTests {
    /// As stored: red, green, blue, white, row by row.
    private static let stored = ["100", "010", "001", "111"]

    /// What is seen of the stored quarters after clockwise quarter turns.
    private static func turned(_ quarters: Int) -> [String] {
        (0..<quarters).reduce(stored) { seen, _ in [seen[2], seen[0], seen[3], seen[1]] }
    }

    private static func quarters(_ size: String, edge: (x: Int, y: Int) = (0, 0)) -> String {
        let (left, top) = (edge.x, edge.y)
        let (width, height) = ("(iw-\(2 * left))/2", "(ih-\(2 * top))/2")
        // The edge is magenta: nothing of it may be seen.
        return "color=magenta:size=\(size):rate=10:duration=0.5,format=rgb24,"
            + "drawbox=x=\(left):y=\(top):w=\(width):h=\(height):color=red:t=fill,"
            + "drawbox=x=iw/2:y=\(top):w=\(width):h=\(height):color=lime:t=fill,"
            + "drawbox=x=\(left):y=ih/2:w=\(width):h=\(height):color=blue:t=fill,"
            + "drawbox=x=iw/2:y=ih/2:w=\(width):h=\(height):color=white:t=fill"
    }

    private static func film(_ degrees: Double) async throws -> URL {
        try await Fixtures.shared.file("turned-pictures-\(degrees).mp4") { url in
            try await Program("ffmpeg").run([
                "-v", "error", "-f", "lavfi", "-i", quarters("320x180"), "-pix_fmt", "yuv420p",
                "-c:v", "libx264", "-preset", "ultrafast", url.path,
            ])
            var boxes = try BoxFile(url)
            try boxes.turn(byDegrees: degrees)
            try boxes.write()
        }
    }

    @Test(arguments: [90.0, 180, 270]) func everythingOfATurnedFilmStandsUpright(
        degrees: Double
    ) async throws {
        let run = try await FilmRun(try await Self.film(degrees))
        let expected = Self.turned(Int(degrees / 90))
        let isUpright = degrees != 180
        #expect(try await FilmOracle.corners(try run.file("mp4")) == expected)
        #expect(try await FilmOracle.corners(try run.file("hover")) == expected)
        let hover = try #require(try await FFprobe(try run.file("hover")).video)
        #expect((hover.height ?? 0 > hover.width ?? 0) == isUpright)

        let posters = run.artifacts.filter {
            $0.description.role == .poster && !$0.file.path.hasSuffix("avif")
        }
        #expect(!posters.isEmpty)
        for poster in posters {
            let file = run.directory.file(poster.file.path)
            #expect(try await FilmOracle.corners(file) == expected, "\(poster.file.path)")
            let size = try #require(try await FFprobe(file).video)
            #expect((size.height ?? 0 > size.width ?? 0) == isUpright, "\(poster.file.path)")
            #expect(size.width == poster.description.width)
        }

        let tile = try #require(run.plan.video?.storyboard.tileSize)
        #expect((tile.height > tile.width) == isUpright)
        let sheet = run.directory.file(
            try #require(try run.artifact("storyboard").companions.first).path)
        let place = try TemporaryDirectory("tile")
        let first = place.file("tile.png")
        try await Program("ffmpeg").run([
            "-v", "error", "-nostdin", "-i", sheet.path, "-vf",
            "crop=\(tile.width):\(tile.height):0:0", "-frames:v", "1", first.path,
        ])
        #expect(try await FilmOracle.corners(first) == expected)
        let alternatives = run.artifacts.filter { $0.description.role == .candidate }
        for picture in alternatives {
            let file = run.directory.file(picture.file.path)
            #expect(try await FilmOracle.corners(file) == expected, "\(picture.file.path)")
        }
    }

    @Test(arguments: [90.0, 180, 270]) func transparencyIsTurnedAlong(
        degrees: Double
    ) async throws {
        let file = try await Fixtures.shared.file("turned-alpha-\(degrees).mov") { url in
            // The white quarter is transparent.
            try await Program("ffmpeg").run([
                "-v", "error", "-f", "lavfi", "-i",
                Self.quarters("320x180")
                    + ",format=rgba,geq=r='r(X,Y)':g='g(X,Y)':b='b(X,Y)'"
                    + ":a='if(gte(X,W/2)*gte(Y,H/2),0,255)'", "-c:v", "png", "-pix_fmt", "rgba",
                url.path,
            ])
            var boxes = try BoxFile(url)
            try boxes.turn(byDegrees: degrees)
            try boxes.write()
        }
        let run = try await FilmRun(file)
        let alpha = try run.file("alpha")
        let output = try await Program("ffmpeg").run([
            "-v", "error", "-nostdin", "-c:v", "libvpx-vp9", "-i", alpha.path, "-frames:v", "1",
            "-vf", "alphaextract,scale=8:8:flags=area,format=gray", "-f", "rawvideo", "-",
        ])
        let opacity = Array(output)
        let shown = [(2, 2), (5, 2), (2, 5), (5, 5)].map { x, y in opacity[y * 8 + x] > 128 }
        let expected = Self.turned(Int(degrees / 90))
        #expect(shown == expected.map { $0 != "111" }, "\(opacity)")
        // Flattened on black.
        #expect(
            try await FilmOracle.corners(try run.file("mp4"))
                == expected.map { $0 == "111" ? "000" : $0 })
        let size = try #require(try await FFprobe(alpha).video)
        #expect((size.height ?? 0 > size.width ?? 0) == (degrees != 180))
    }

    /// The clean aperture belongs to the coded picture: cut first, turned then.
    @Test(arguments: [90.0, 180, 270]) func aCleanApertureIsCutBeforeTheTurn(
        degrees: Double
    ) async throws {
        let file = try await Fixtures.shared.file("turned-clap-\(degrees).mov") { url in
            try await Program("ffmpeg").run([
                "-v", "error", "-f", "lavfi", "-i", Self.quarters("368x196", edge: (24, 8)),
                "-c:v", "libx264", "-qp", "5", "-pix_fmt", "yuv444p", "-preset", "ultrafast",
                url.path,
            ])
            var boxes = try BoxFile(url)
            try boxes.appendToSampleEntry(
                "clap", [320, 1, 180, 1, 0, 1, 0, 1].flatMap { BoxFile.number($0) })
            try boxes.turn(byDegrees: degrees)
            try boxes.write()
        }
        let run = try await FilmRun(file)
        let video = try #require(try await FFprobe(try run.rung()).video)
        #expect(video.width == (degrees == 180 ? 320 : 180))
        #expect(video.height == (degrees == 180 ? 180 : 320))
        #expect(
            try await FilmOracle.corners(try run.rung()) == Self.turned(Int(degrees / 90)))
        // Of the edge nothing is left: every pixel is near one of the four colours.
        let pixels = try await FilmOracle.pixels(try run.rung())
        var magenta = 0
        for start in stride(from: 0, to: pixels.count, by: 3)
        where pixels[start] > 150 && pixels[start + 1] < 100 && pixels[start + 2] > 150 {
            magenta += 1
        }
        #expect(magenta == 0)
    }

    /// Phones write what their sensor felt: the nearest right angle is meant, and seen.
    @Test(arguments: [(3.0, 0), (30, 0), (44, 0), (60, 1), (120, 1), (150, 2), (200, 2), (250, 3)])
    func anyAngleIsShownAsTheNearestRightOne(degrees: Double, quarters: Int) async throws {
        let run = try await FilmRun(try await Self.film(degrees))
        #expect(
            try await FilmOracle.corners(try run.rung()) == Self.turned(quarters % 4), "\(degrees)°"
        )
        let video = try #require(try await FFprobe(try run.rung()).video)
        #expect(video.width == (quarters % 2 == 0 ? 320 : 180))
        #expect(video.height == (quarters % 2 == 0 ? 180 : 320))
    }
}
