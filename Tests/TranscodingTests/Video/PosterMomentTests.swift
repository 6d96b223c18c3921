import Foundation
import MediaModel
import Planning
import TestSupport
import Testing

@testable import Transcoding

/// Posters, storyboards and hover previews of films that are mostly nothing, very short or very long.
@Suite(.serialized) struct PosterMomentTests {
    /// A picture between stretches of one colour, each given by where it ends.
    private func film(
        _ name: String, filter: String, seconds: Double, rate: Int = 25, size: String = "160x90"
    ) async throws -> URL {
        try await Fixtures.shared.file("moment-\(name).mp4") { url in
            try await Program("ffmpeg").run([
                "-v", "error", "-f", "lavfi", "-i",
                "testsrc2=size=\(size):rate=\(rate):duration=\(seconds),\(filter),format=yuv420p",
                "-c:v", "libx264", "-preset", "ultrafast", "-qp", "12", "-pix_fmt", "yuv420p",
                url.path,
            ])
        }
    }

    private func poster(_ run: FilmRun) throws -> (file: URL, seconds: Double) {
        let artifact = try #require(
            run.artifacts.first {
                $0.description.role == .poster && $0.description.mediaType == "image/jpeg"
            })
        return (
            run.directory.file(artifact.file.path), try #require(artifact.description.atSeconds)
        )
    }

    /// Three seconds of picture in more than three minutes of black, wherever they fall.
    @Test(arguments: [30.0, 102.4, 150.3]) func aMostlyBlackFilmsPosterIsNotBlack(
        start: Double
    ) async throws {
        let file = try await film(
            "black-\(start)",
            filter: "drawbox=t=fill:color=black:enable='not(between(t,\(start),\(start + 3)))'",
            seconds: 200, rate: 10)
        let run = try await FilmRun(file)
        let poster = try poster(run)
        print("mostly black from \(start): the poster is of \(poster.seconds) s")
        let cells = try await ColourCells(poster.file)
        #expect(cells.meanLuma > 40, "\(cells.meanLuma) at \(poster.seconds) s")
        #expect((start - 0.11...start + 3.11).contains(poster.seconds), "\(poster.seconds) s")
        #expect(run.warnings.contains("mostlyBlack"))
    }

    @Test(arguments: [
        // A white flash every second, as long as half of it.
        ("flashes", "drawbox=t=fill:color=white:enable='gt(mod(t,1),0.5)'"),
        // A second of picture, two of a fade, three of white.
        ("fade", "fade=out:st=1:d=2:color=white"),
        ("white-ends", "drawbox=t=fill:color=white:enable='not(between(t,2.6,3.4))'"),
    ])
    func whiteIsNoPoster(name: String, filter: String) async throws {
        let run = try await FilmRun(try await film("white-\(name)", filter: filter, seconds: 6))
        let poster = try poster(run)
        let cells = try await ColourCells(poster.file)
        // The pattern by itself, at the same moment.
        let plain = try await ColourCells(
            try await film("plain", filter: "null", seconds: 6),
            frame: Int((poster.seconds * 25).rounded()),
            // So small and untagged, it is television's colours.
            filter: ReferenceColour(matrix: "smpte170m", primaries: "smpte170m").filter)
        let distance = cells.distance(to: plain)
        #expect(distance < 6, "ΔE \(distance) at \(poster.seconds) s, luma \(cells.meanLuma)")
    }

    @Test func theOnlyFrameIsThePoster() async throws {
        let film = Film {
            $0.frameCount = 1; $0.audioCodec = nil
        }
        let run = try await FilmRun(try await film.file())
        let poster = try poster(run)
        #expect(try await FrameCode.numbers(in: poster.file) == [0])
        #expect(poster.seconds == 0)
        #expect(try await FrameCode.numbers(in: try run.file("hover")) == [0])
        #expect(try run.artifact("storyboard").companions.count == 1)
    }

    @Test func aSecondHasAPosterOfItsOwn() async throws {
        let film = Film {
            $0.frameCount = 25; $0.audioCodec = nil
        }
        let run = try await FilmRun(try await film.file())
        let poster = try poster(run)
        let number = try #require(try await FrameCode.numbers(in: poster.file).first ?? nil)
        #expect(number == Int((poster.seconds * 25).rounded()))
        #expect((0..<25).contains(number))
    }

    /// Even when all is black there is a poster, and the film is not refused.
    @Test func aBlackFilmHasABlackPoster() async throws {
        let file = try await film(
            "all-black", filter: "drawbox=t=fill:color=black", seconds: 2)
        let run = try await FilmRun(file)
        let cells = try await ColourCells(try poster(run).file)
        #expect(cells.meanLuma < 4)
        #expect(run.warnings.contains("mostlyBlack"))
    }

    /// More tiles than a sheet holds: the second one goes on where the first ended, to the last second.
    @Test func theSecondSheetReachesTheLastSecond() async throws {
        let film = Film {
            $0.width = 160
            $0.height = 90
            $0.rate = "2"
            $0.frameCount = 226
            $0.audioCodec = nil
        }
        let run = try await FilmRun(try await film.file())
        let artifact = try run.artifact("storyboard")
        let text = try String(
            contentsOf: run.directory.file(artifact.file.path), encoding: .utf8)
        // Read as a player does: a time, then a sheet and where in it.
        let blocks = text.components(separatedBy: "\n\n").filter { $0.contains(" --> ") }
        #expect(blocks.count == 113)
        #expect(artifact.companions.count == 2)
        func seconds(_ clock: Substring) -> Double {
            clock.split(separator: ":").reduce(0) { $0 * 60 + (Double($1) ?? .nan) }
        }
        var end = 0.0
        for (index, block) in blocks.enumerated() {
            let lines = block.split(separator: "\n")
            let timing = try #require(lines.firstIndex { $0.contains(" --> ") })
            let times = lines[timing].components(separatedBy: " --> ").map { seconds($0[...]) }
            #expect(abs(times[0] - end) < 0.001, "a hole before \(times)")
            end = times[1]
            // A few: the first, both sides of the change of sheets, the last.
            guard [0, 57, 99, 100, 112].contains(index) else { continue }
            let place = lines[timing + 1].components(separatedBy: "#xywh=")
            let box = place[1].split(separator: ",").compactMap { Int($0) }
            #expect(place[0] == artifact.companions[index / 100].path)
            let numbers = try await FrameCode.numbers(
                in: run.directory.file(place[0]),
                filter: "crop=\(box[2]):\(box[3]):\(box[0]):\(box[1])")
            // Shown in the middle of those times; half a second each.
            let middle = (times[0] + times[1]) / 2
            let number = try #require(numbers.first ?? nil, "tile \(index)")
            #expect(abs(Double(number) / 2 - middle) <= 0.51, "tile \(index): frame \(number)")
        }
        #expect(abs(end - 113) < 0.002, "\(end)")
    }

    /// Too long to be shown whole, too short for excerpts.
    @Test(arguments: [7, 12, 19]) func theMiddleOfAMiddlingFilmIsItsPreview(
        seconds: Int
    ) async throws {
        let film = Film {
            $0.frameCount = seconds * 25
            $0.audioCodec = nil
        }
        let run = try await FilmRun(try await film.file())
        let numbers = try await FrameCode.numbers(in: try run.file("hover")).compactMap(\.self)
        let length = try #require(try run.artifact("hover").description.durationSeconds)
        #expect((3...6).contains(length), "\(length) s")
        #expect(abs(Double(numbers.count) / 25 - length) < 0.041)
        // One unbroken stretch around the middle.
        #expect(zip(numbers, numbers.dropFirst()).allSatisfy { $1 == $0 + 1 }, "\(numbers)")
        if seconds < 19 {
            let middle = Double((numbers.first ?? 0) + (numbers.last ?? 0) + 1) / 2 / 25
            #expect(abs(middle - Double(seconds) / 2) < 0.05, "\(middle)")
        }
    }
}
