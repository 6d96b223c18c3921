import Foundation
import MediaModel
import Planning
import TestSupport
import Testing

@testable import Transcoding

/// Charts of known colours, stored in other spaces, held against the answers of plain arithmetic;
/// and everything that is made of a film shows the same colours.
@Suite(.serialized) struct ColourChartTests {
    /// Eight patches side by side, 8-bit BT.709 as it should come out.
    private static let patches: [[UInt8]] = [
        [230, 230, 230], [120, 120, 120], [40, 40, 40], [180, 70, 60], [70, 140, 80],
        [60, 80, 160],
        [200, 170, 60], [190, 140, 120],
    ]

    /// Code values of the patches in another space, by the definitions in ITU-R BT.709 and BT.2020.
    private struct Space {
        /// Rows of the matrix from linear BT.709 to the space's linear RGB.
        var fromBT709: [[Double]]
        /// Luma weights: red, blue.
        var red: Double
        var blue: Double

        static let bt709 = Space(
            fromBT709: [[1, 0, 0], [0, 1, 0], [0, 0, 1]], red: 0.2126, blue: 0.0722)
        /// ITU-R BT.2087, 3: the inverse of its matrix is BT.2020 → BT.709.
        static let bt2020 = Space(
            fromBT709: [
                [0.6274, 0.3293, 0.0433], [0.0691, 0.9195, 0.0114], [0.0164, 0.0880, 0.8956],
            ], red: 0.2627, blue: 0.0593)
        /// SMPTE EG 432-1 primaries with D65, matrix BT.709.
        static let displayP3 = Space(
            fromBT709: [
                [0.8225, 0.1774, 0], [0.0332, 0.9669, 0], [0.0171, 0.0724, 0.9108],
            ], red: 0.2126, blue: 0.0722)

        /// 10-bit limited Y, Cb, Cr of a BT.709 colour.
        func codes(_ rgb: [UInt8]) -> [Int] {
            let linear = rgb.map { Self.linear(Double($0) / 255) }
            let signal = fromBT709.map { row in
                Self.signal(zip(row, linear).reduce(0) { $0 + $1.0 * $1.1 })
            }
            let y = red * signal[0] + (1 - red - blue) * signal[1] + blue * signal[2]
            let cb = (signal[2] - y) / (2 * (1 - blue))
            let cr = (signal[0] - y) / (2 * (1 - red))
            return [
                Int((64 + 876 * y).rounded()), Int((512 + 896 * cb).rounded()),
                Int((512 + 896 * cr).rounded()),
            ]
        }

        /// As displays show it, ITU-R BT.1886: what is seen is what shall stay.
        private static func linear(_ signal: Double) -> Double { pow(signal, 2.4) }
        private static func signal(_ linear: Double) -> Double { pow(max(0, linear), 1 / 2.4) }
    }

    private func film(_ name: String, _ space: Space, _ tags: [String]) async throws -> URL {
        try await ColourChart.film(name, Self.patches.map(space.codes), tags)
    }

    @Test(arguments: ["bt709", "bt2020", "p3"])
    func wideGamutsComeOutAsTheSameColours(name: String) async throws {
        let (space, tags): (Space, [String]) =
            switch name {
            case "bt2020":
                (
                    .bt2020,
                    [
                        "-color_primaries", "bt2020", "-color_trc", "bt2020-10", "-colorspace",
                        "bt2020nc",
                    ]
                )
            case "p3":
                (
                    .displayP3,
                    ["-color_primaries", "smpte432", "-color_trc", "bt709", "-colorspace", "bt709"]
                )
            default:
                (
                    .bt709,
                    ["-color_primaries", "bt709", "-color_trc", "bt709", "-colorspace", "bt709"]
                )
            }
        let run = try await FilmRun(try await film(name, space, tags))
        let found = ColourChart.patches(
            try await FilmOracle.pixels(try run.rung()), width: 320, height: 180)
        ColourChart.expect(found, like: Self.patches, within: 1.5, name)
    }

    /// Poster, storyboard and hover preview are taken from the very frames of the rungs, whatever
    /// the source was: one path for colour.
    @Test(arguments: ["bt709", "pq", "hlg"])
    func everythingOfAFilmShowsTheSameColours(name: String) async throws {
        let tags: [String] =
            switch name {
            case "pq":
                [
                    "-color_primaries", "bt2020", "-color_trc", "smpte2084", "-colorspace",
                    "bt2020nc",
                ]
            case "hlg":
                [
                    "-color_primaries", "bt2020", "-color_trc", "arib-std-b67", "-colorspace",
                    "bt2020nc",
                ]
            default: ["-color_primaries", "bt709", "-color_trc", "bt709", "-colorspace", "bt709"]
            }
        let space = name == "bt709" ? Space.bt709 : .bt2020
        // Tiles as large as the film: small ones let JPEG's chroma run from patch to patch.
        var recipe = Recipe.quick
        recipe.video.storyboard.tileSide = 320
        let run = try await FilmRun(try await film("same-\(name)", space, tags), recipe: recipe)
        let rung = ColourChart.patches(
            try await FilmOracle.pixels(try run.rung()), width: 320, height: 180)
        let mp4 = ColourChart.patches(
            try await FilmOracle.pixels(try run.file("mp4")), width: 320, height: 180)
        ColourChart.expect(mp4, like: rung, within: 1, "MP4")
        let hover = ColourChart.patches(
            try await FilmOracle.pixels(try run.file("hover")), width: 320, height: 180)
        ColourChart.expect(hover, like: rung, within: 2.5, "hover")
        for suffix in ["jpg", "webp"] {
            let artifact = try #require(
                run.artifacts.first {
                    $0.description.role == .poster && $0.file.path.hasSuffix(suffix)
                })
            let poster = try await still(run.directory.file(artifact.file.path), "scale=320:180")
            ColourChart.expect(
                ColourChart.patches(poster, width: 320, height: 180), like: rung, within: 3, suffix)
        }
        let tile = try #require(run.plan.video?.storyboard.tileSize)
        let sheet = run.directory.file(
            try #require(try run.artifact("storyboard").companions.first).path)
        let first = try await still(sheet, "crop=\(tile.width):\(tile.height):0:0")
        ColourChart.expect(
            ColourChart.patches(first, width: tile.width, height: tile.height), like: rung,
            within: 5,
            "storyboard")
    }

    /// A picture file as packed RGB, by `ffmpeg`.
    private func still(_ file: URL, _ filter: String) async throws -> [UInt8] {
        Array(
            try await Program("ffmpeg").run([
                "-v", "error", "-nostdin", "-i", file.path, "-frames:v", "1", "-vf",
                "\(filter),format=rgb24", "-f", "rawvideo", "-",
            ]))
    }
}
