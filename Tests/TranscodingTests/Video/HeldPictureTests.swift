import Foundation
import MediaModel
import Planning
import TestSupport
import Testing

@testable import Transcoding

/// A picture for a song, and a film whose music goes on: players of segments wait for a picture in each.
@Suite struct HeldPictureTests {
    /// A film of so many pictures, with sound for longer.
    private func film(
        _ name: String, pictures: Int, rate: String = "25", seconds: Double
    ) async throws -> URL {
        try await Fixtures.shared.file(name) { url in
            let place = try TemporaryDirectory("held")
            let (picture, sound) = (
                place.url.appending(path: "picture.mp4"), place.url.appending(path: "sound.m4a")
            )
            try await Program("ffmpeg").run([
                "-v", "error", "-f", "lavfi", "-i", "testsrc2=size=320x180:rate=\(rate)",
                "-frames:v", "\(pictures)", "-c:v", "libx264", "-preset", "veryfast", picture.path,
            ])
            try await Program("ffmpeg").run([
                "-v", "error", "-f", "lavfi", "-i", "sine=frequency=440:duration=\(seconds)",
                "-c:a", "aac", sound.path,
            ])
            try await Program("ffmpeg").run([
                "-v", "error", "-i", picture.path, "-i", sound.path, "-map", "0", "-map", "1", "-c",
                "copy", url.path,
            ])
        }
    }

    @Test(arguments: [("one.mp4", 1, 18.0), ("one.mkv", 1, 18.0), ("early.mp4", 50, 15.0)])
    func theLastPictureIsShownInEverySegment(
        name: String, count: Int, seconds: Double
    ) async throws {
        var recipe = Recipe.quick
        recipe.video.segmentSeconds = 4
        let file = try await film("held-\(name)", pictures: count, seconds: seconds)
        let run = try await FilmRun(file, recipe: recipe)
        // Four-second segments: at each begins the same picture again.
        let own = Double(count) / 25
        let starts = [4.0, 8, 12, 16].filter { $0 > own && $0 < seconds }
        let times = try await FFprobe.presentationTimes(try run.file("mp4"), stream: "v:0")
        #expect(times.count == count + starts.count)
        for (found, wanted) in zip(times.suffix(starts.count), starts) {
            #expect(abs(found - wanted) < 0.03, "\(times.suffix(5))")
        }
        let probe = try await FFprobe(try run.file("mp4"))
        #expect(abs((probe.video?.durationSeconds ?? 0) - seconds) < 0.1)
        #expect(abs((probe.audio?.durationSeconds ?? 0) - seconds) < 0.1)
        let rung = try run.rung()
        let playlist = try String(contentsOf: rung, encoding: .utf8)
        let lengths = playlist.split(separator: "\n").filter { $0.hasPrefix("#EXTINF:") }
            .compactMap { Double($0.dropFirst(8).dropLast()) }
        #expect(abs(lengths.reduce(0, +) - seconds) < 0.1, "\(lengths)")
        #expect(lengths.count == Int((seconds / 4).rounded(.up)))
        let shown = try await FFprobe.presentationTimes(rung, stream: "v:0")
        #expect(shown.count == count + starts.count)
        #expect(run.plan.decisions.contains { $0.subject == "last picture" })
        #expect(!run.result.warnings.contains { $0.code == "missingFrames" })
    }

    /// A segment more of sound is loaded along with the last picture.
    @Test func aLittleMoreSoundChangesNothing() async throws {
        let file = try await film("held-little.mp4", pictures: 50, seconds: 2.9)
        let run = try await FilmRun(file)
        let times = try await FFprobe.presentationTimes(try run.file("mp4"), stream: "v:0")
        #expect(times.count == 50)
        #expect(!run.plan.decisions.contains { $0.subject == "last picture" })
    }
}
