import Foundation
import MediaModel
import Planning
import TestSupport
import Testing

@testable import Transcoding

/// One film with rungs in several codecs, in a real browser: native HLS, the progressive file, and a
/// small player that appends segments of one rung after those of another.
@Suite(.serialized) struct BrowserPlaybackTests {
    /// Flat fields below the numbers, so that scaling does not matter. Of moderate colours: libyuv,
    /// by which Chromium converts without a GPU, clamps BT.709's coefficient of blue (2.112 to 2).
    private static let film = Film {
        $0.width = 640
        $0.height = 360
        $0.frameCount = 100
        $0.filter =
            "drawbox=x=0:y=120:w=160:h=240:t=fill:color=0x50a060,"
            + "drawbox=x=160:y=120:w=160:h=240:t=fill:color=0xa05040,"
            + "drawbox=x=320:y=120:w=160:h=240:t=fill:color=0x586898,"
            + "drawbox=x=480:y=120:w=160:h=240:t=fill:color=0xe0c0a0"
    }
    private static let places = [[0.125, 0.7], [0.375, 0.7], [0.625, 0.7], [0.875, 0.7]]

    private static func seen() async throws -> JSONValue {
        var recipe = Recipe.quick
        recipe.video.hevc.heights = [180]
        recipe.video.hevc.preset = "ultrafast"
        recipe.video.av1.heights = [360, 180]
        recipe.video.av1.preset = "12"
        recipe.video.posterWidths = [640]
        let run = try await FilmRun(try await film.file(), recipe: recipe)
        let poster = run.artifacts.first {
            $0.description.role == .poster && $0.description.mediaType == "image/jpeg"
        }
        let rungs = run.result.tracks.map { track in
            JSONValue.object([
                "name": .string(track.output.name), "codecs": .string(track.codecs),
                "init": .string(track.initialization.path),
                "segments": .array(track.segments.map { .string($0.file.path) }),
            ])
        }
        let item = JSONValue.object([
            "hls": .string(try run.artifact("hls").file.path),
            "mp4": .string(try run.artifact("mp4").file.path),
            "poster": .string(try #require(poster).file.path), "rungs": .array(rungs),
            "framesPerSecond": .number(25), "far": .array([.number(93), .number(7)]),
            "places": .array(places.map { .array($0.map { .number($0) }) }),
            // Large, small, large again; then AV1.
            "switching": .array([.number(0), .number(1), .number(0), .number(3)]),
            "watch": .array([.number(0.7), .number(3.4)]),
        ])
        let text = try String(
            contentsOf: PackageLayout.file("fixtures/player-page.html"), encoding: .utf8)
        let json = String(decoding: try JSONEncoder().encode(item), as: UTF8.self)
        let page = try run.directory.write(
            text.replacing("const item = ITEM;", with: "const item = \(json);"), to: "page.html")
        let script = PackageLayout.file("fixtures/browser-check.py").path
        let output = try await JSONSchema.python().run(
            [script, run.directory.url.path, "--page", page.path], atMost: .seconds(120))
        return try JSONValue(parsing: output)
    }

    /// The largest distance of two sets of colours, as CIE76 ΔE.
    private func distance(_ a: JSONValue?, _ b: JSONValue?) -> Double {
        let first = (a?["colours"]?.array ?? []).map { ($0.array ?? []).compactMap(\.double) }
        let second = (b?["colours"]?.array ?? []).map { ($0.array ?? []).compactMap(\.double) }
        guard first.count == Self.places.count, second.count == first.count else { return 1000 }
        return zip(first, second).map { LabColour(sRGB: $0).distance(to: LabColour(sRGB: $1)) }
            .max() ?? 1000
    }

    @Test func aBrowserPlaysSeeksAndSwitchesAndShowsOneColour() async throws {
        let seen = try await Self.seen()
        try #require(seen["error"] == nil, "\(seen)")
        let frame = try #require(seen["poster"]?["frame"]?.int)

        // Seeking: the very frame, far and back.
        for seek in seen["seeks"]?.array ?? [] {
            #expect(seek["found"]?.int == seek["wanted"]?.int, "\(seek)")
        }
        #expect(seen["seeks"]?.array?.count == 4)

        // Colour: poster, progressive file, native HLS and every rung of every codec.
        let others = [seen["hls"], seen["mp4"]] + (seen["rungs"]?.array ?? []).map { $0 }
        for other in others where other?["supported"]?.bool != false {
            #expect(other?["frame"]?.int == frame, "\(other ?? .null)")
            let difference = distance(other, seen["poster"])
            #expect(difference < 3, "\(other ?? .null) \(seen["poster"] ?? .null)")
        }
        #expect(distance(seen["hls"], seen["mp4"]) < 1.5)
        for name in ["hls", "mp4"] {
            #expect(abs((seen[name]?["duration"]?.double ?? 0) - 4) < 0.05, "\(name)")
        }

        // What Chromium has decoders for; its HEVC needs hardware.
        let supported = (seen["rungs"]?.array ?? []).filter { $0["supported"]?.bool == true }
            .compactMap { $0["name"]?.string }
        for name in ["video-360p", "video-180p", "video-360p-av1", "video-180p-av1"] {
            #expect(supported.contains(name), "\(supported)")
        }

        // Switching: one unbroken range; every frame is the one of its moment, before and after.
        #expect(seen["ranges"]?.int == 1)
        let watched = seen["watched"]?.array ?? []
        // A busy machine leaves frames out; those of every second must be among them.
        for second in 0..<4 {
            let shown = watched.filter { $0["frame"]?.int.map { $0 / 25 } == second }
            #expect(shown.count >= 3, "\(second): \(shown.count)")
        }
        for shown in watched {
            let number = Int(((shown["time"]?.double ?? 0) * 25).rounded())
            let frame = shown["frame"]?.int ?? -1
            // On a busy machine the canvas gets the frame after the one that was announced.
            #expect((number...number + 2).contains(frame), "\(shown)")
            // Away from the switches, for the same reason.
            guard (3..<22).contains(frame % 25) else { continue }
            #expect(shown["width"]?.int == (frame / 25 == 1 ? 320 : 640), "\(shown)")
        }
        let seconds = Set(watched.compactMap { $0["frame"]?.int }.map { $0 / 25 })
        #expect(seconds == [0, 1, 2, 3])
    }
}

/// A colour in CIE L*a*b* (D65), for distances that mean something to an eye.
struct LabColour {
    let components: [Double]

    /// - Parameter values: red, green, blue, 0…255.
    init(sRGB values: [Double]) {
        let linear = values.map { value -> Double in
            let share = value / 255
            return share <= 0.04045 ? share / 12.92 : pow((share + 0.055) / 1.055, 2.4)
        }
        // IEC 61966-2-1 to CIE XYZ, divided by the white point.
        let rows = [
            [0.4124 / 0.9505, 0.3576 / 0.9505, 0.1805 / 0.9505], [0.2126, 0.7152, 0.0722],
            [0.0193 / 1.089, 0.1192 / 1.089, 0.9505 / 1.089],
        ]
        let f = rows.map { row -> Double in
            let t = zip(row, linear).reduce(0) { $0 + $1.0 * $1.1 }
            return t > 0.008856 ? cbrt(t) : 7.787 * t + 16.0 / 116
        }
        components = [116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])]
    }

    /// CIE76 ΔE.
    func distance(to other: LabColour) -> Double {
        zip(components, other.components).reduce(0) { $0 + pow($1.0 - $1.1, 2) }.squareRoot()
    }
}
