import Foundation
import MediaModel
import Planning
import TestSupport
import Testing

@testable import Transcoding

/// A real film whose form is hard to get right, with what its index says of its colours.
struct CorpusFilm: Sendable, CustomTestStringConvertible {
    var name: String
    var colour = ReferenceColour()
    /// One frame in this many is kept: by the rule, above 60 in a second.
    var step = 1
    /// Only the beginning, copied: in seconds.
    var first: Double?
    /// zscale takes no odd sizes of subsampled pictures.
    var isOdd = false
    /// By its `clap` box: the middle of the picture, when not all of it is to be seen.
    var clean: (width: Double, height: Double)?
    /// Mean CIE76 distance from FFmpeg's own conversion.
    var limit = 1.5

    var testDescription: String { name }

    static let all: [CorpusFilm] = [
        CorpusFilm(
            name: "video-hevc10-hlg-dolbyvision-editlist-iphone.mp4", colour: .hlg, limit: 3),
        CorpusFilm(
            name: "video-hevc10-hlg-dolbyvision8-rot90-iphone.mov", colour: .hlg, limit: 3),
        CorpusFilm(
            name: "video-jpeg2000-4k-hdr-rgb48.mxf",
            colour: ReferenceColour(
                matrix: "gbr", primaries: "smpte432", transfer: "smpte2084", isFullRange: true,
                peak: 1000), first: 0.2, limit: 3),
        CorpusFilm(name: "video-hevc10-hdr10-1080p.mp4", colour: .pq, limit: 3),
        CorpusFilm(
            name: "video-av1-10bit-hdr10-mdcv-clli-1080p60.mp4", colour: .pq, first: 0.3, limit: 3),
        CorpusFilm(
            name: "video-dv-pal-interlaced-bff-anamorphic.mov",
            colour: ReferenceColour(matrix: "smpte170m", primaries: "bt470bg"),
            // 41472/59: 4:3 with those pixels.
            // Fine bars, whose colours a quarter of the samples cannot hold: 3.0 was measured.
            clean: (41_472.0 / 59, 576), limit: 3.5),
        CorpusFilm(name: "video-mpeg2-1080i-sar4-3-xdcam.mov", clean: (1416, 1062)),
        CorpusFilm(
            name: "video-h264-camera-portrait-4k60-rot90.mp4",
            colour: ReferenceColour(matrix: "bt470bg", primaries: "bt470bg", isFullRange: true)),
        CorpusFilm(
            name: "video-h264-camera-pixel7-rot180-fullrange-noaudio.mp4",
            colour: ReferenceColour(isFullRange: true)),
        CorpusFilm(name: "video-mvhevc-stereo-apple.mov", step: 2),
        CorpusFilm(
            name: "video-vp9-odd-dims-161x121.webm",
            colour: ReferenceColour(matrix: "smpte170m", primaries: "smpte170m"), isOdd: true),
        CorpusFilm(name: "video-vp9-no-duration.webm"),
        CorpusFilm(name: "video-hevc-8k24-0.3s.mp4"),
        CorpusFilm(
            name: "video-firstpts-10s-anamorphic.mp4",
            colour: ReferenceColour(matrix: "smpte170m", primaries: "smpte170m")),
        CorpusFilm(
            name: "video-vp9-10bit-bt2020.webm",
            colour: ReferenceColour(matrix: "bt2020nc", primaries: "bt2020")),
        CorpusFilm(
            name: "video-mjpeg-422.mov",
            colour: ReferenceColour(matrix: "bt470bg", isFullRange: true)),
        CorpusFilm(name: "video-fragmented-absurd-duration.mp4"),
        CorpusFilm(
            name: "video-mpeg1-anamorphic-mp2.mpg",
            colour: ReferenceColour(matrix: "smpte170m", primaries: "smpte170m")),
    ]
}

/// The hardest films of the corpus, when this machine has it: size, frames, time and colour, all
/// measured with FFmpeg's programs.
@Suite(.serialized) struct FilmCorpusTests {
    private static var recipe: Recipe {
        var recipe = Recipe.quick
        recipe.video.preset = "ultrafast"
        recipe.video.rungs = [Recipe.Rung(height: 180, maximumKilobits: 4000)]
        // Colour is measured here, not how an encoder saves bits.
        recipe.video.crf = 16
        return recipe
    }

    private func source(_ film: CorpusFilm) async throws -> URL? {
        guard let file = TestSupport.Corpus.file(film.name) else { return nil }
        guard let first = film.first else { return file }
        return try await Fixtures.shared.file("first-\(film.name)") { url in
            try await Program("ffmpeg").run([
                "-v", "error", "-nostdin", "-i", file.path, "-map", "0:v:0", "-c", "copy", "-t",
                "\(first)", url.path,
            ])
        }
    }

    @Test(arguments: CorpusFilm.all) func aRealFilmIsShownAsItIsMeant(film: CorpusFilm) async throws
    {
        guard let file = try await source(film) else {
            print("skipped: no corpus on this machine (\(film.name))")
            return
        }
        let facts = try await FilmFacts(file, clean: film.clean)
        let run = try await FilmRun(file, recipe: Self.recipe)
        let output = try run.file("mp4")
        let made = try await FilmFacts(output)

        try expectShape(made, like: facts)
        // Frames: all of them, or every second one, each at its time.
        let expected = facts.times.enumerated().filter { $0.offset % film.step == 0 }
            .map { $0.element - facts.times[0] }
        #expect(made.times.count == expected.count)
        for (found, wanted) in zip(made.times, expected) {
            #expect(abs(found - made.times[0] - wanted) <= 0.002, "\(found) for \(wanted)")
        }
        let frame = max(facts.longestFrame, facts.seconds / Double(facts.times.count))
        #expect(
            abs(made.seconds - facts.seconds) <= frame + 0.001,
            "\(made.seconds) s of \(facts.seconds) s")

        // Colour: the frame in the middle.
        let middle = made.times.count / 2
        let shown = try await ColourCells(output, frame: middle)
        let reference = try await ColourCells(
            file, frame: middle * film.step, filter: filter(film, facts))
        let distance = shown.distance(to: reference)
        print("corpus \(film.name): \(made.times.count) frames, ΔE \(distance)")
        #expect(distance <= film.limit, "ΔE \(distance)")

        // The poster is the very frame that it says it is.
        let poster = try #require(
            run.artifacts.first {
                $0.description.role == .poster && $0.description.mediaType == "image/jpeg"
            })
        let moment = try #require(poster.description.atSeconds)
        let nearest = made.times.indices.min {
            abs(made.times[$0] - moment) < abs(made.times[$1] - moment)
        }
        let picture = try await ColourCells(run.directory.file(poster.file.path))
        let same = try await ColourCells(output, frame: try #require(nearest))
        #expect(picture.distance(to: same) <= 2, "ΔE \(picture.distance(to: same)) at \(moment) s")
        // One of the films was taken in the dark.
        #expect(
            (16...240).contains(picture.meanLuma) || reference.meanLuma < 16,
            "\(picture.meanLuma)")
    }

    private func expectShape(_ made: FilmFacts, like facts: FilmFacts) throws {
        // Fitted into 320 × 180 or 180 × 320, never enlarged, even.
        let isUpright = facts.height > facts.width
        let box = isUpright ? (180.0, 320.0) : (320.0, 180.0)
        let scale = min(1, box.0 / facts.width, box.1 / facts.height)
        #expect(abs(made.width - facts.width * scale) <= 1, "\(made.width) × \(made.height)")
        #expect(abs(made.height - facts.height * scale) <= 1, "\(made.width) × \(made.height)")
        #expect(made.stream.sampleAspectRatio ?? "1:1" == "1:1")
        #expect(made.stream.fields["side_data_list"] == nil, "turned by a matrix still")
        #expect(!made.isInterlaced)
        #expect(made.stream.pixelFormat == "yuv420p")
        #expect(made.stream.colorRange == "tv")
        #expect(
            [made.stream.colorPrimaries, made.stream.colorTransfer, made.stream.colorSpace]
                == ["bt709", "bt709", "bt709"])
    }

    private func filter(_ film: CorpusFilm, _ facts: FilmFacts) -> String {
        let order = facts.isTopFieldFirst ? "tff" : "bff"
        return [
            facts.isInterlaced ? "bwdif=mode=send_frame:parity=\(order):deint=all" : nil,
            film.clean.map { "crop=\(Int($0.width) / 2 * 2):\(Int($0.height))" },
            film.isOdd ? "format=yuv444p" : nil, film.colour.filter,
        ].compactMap { $0 }.joined(separator: ",")
    }
}
