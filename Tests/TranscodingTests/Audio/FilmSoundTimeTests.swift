import Foundation
import MediaModel
import Planning
import TestSupport
import Testing

@testable import Transcoding

/// When the sound of a film is heard, through every packaging: each second has its own tone.
@Suite struct FilmSoundTimeTests {
    /// What is heard in each fifth of a second, in the segments and in the progressive file.
    private func heard(_ source: URL) async throws -> [[Int?]] {
        let run = try await FilmRun(source)
        var all: [[Int?]] = []
        for name in ["hls", "mp4"] {
            all.append(try await ToneCode.seconds(in: try run.file(name), window: 0.2))
        }
        return all
    }

    /// Second of the source at the middle of each window, when its moment 0 is heard at `offset`.
    private func expected(_ windows: Int, offset: Double, seconds: Double) -> [Int?] {
        (0..<windows).map { window in
            let time = (Double(window) + 0.5) * 0.2 - offset
            return (0..<seconds).contains(time) ? Int(time) : nil
        }
    }

    private func remade(_ name: String, _ arguments: [String]) async throws -> URL {
        try await Fixtures.shared.file(name) { url in
            try await Program("ffmpeg").run(["-v", "error", "-y"] + arguments + [url.path])
        }
    }

    private func film() async throws -> URL {
        try await Film {
            $0.frameCount = 100
            $0.codecOptions = ["-preset", "ultrafast", "-g", "25", "-bf", "2"]
        }.file()
    }

    @Test func soundThatStartsLateStaysLate() async throws {
        let film = try await film()
        let late = try await remade(
            "sound-late.mkv",
            [
                "-i", film.path, "-itsoffset", "0.8", "-i", film.path, "-map", "0:v", "-map",
                "1:a", "-c:v", "copy", "-c:a", "pcm_s16le",
            ])
        for heard in try await heard(late) {
            #expect(heard.count >= 20)
            #expect(heard.prefix(20) == expected(20, offset: 0.8, seconds: 4)[...], "\(heard)")
        }
    }

    @Test func soundThatStartsBeforeThePictureMovesThePicture() async throws {
        let film = try await film()
        let early = try await remade(
            "sound-early.mkv",
            [
                "-itsoffset", "0.6", "-i", film.path, "-i", film.path, "-map", "0:v", "-map",
                "1:a", "-c:v", "copy", "-c:a", "pcm_s16le",
            ])
        let run = try await FilmRun(early)
        // The first picture is shown 0.6 s after the first sound.
        let times = try await FFprobe.presentationTimes(try run.file("mp4"), stream: "v:0")
        #expect(abs((times.first ?? 0) - 0.6) < 0.003, "\(times.first ?? -1)")
        let heard = try await ToneCode.seconds(in: try run.file("mp4"), window: 0.2)
        #expect(heard.prefix(20) == expected(20, offset: 0, seconds: 4)[...], "\(heard)")
    }

    @Test func aNegativeStartIsTheOrigin() async throws {
        let film = try await film()
        let negative = try await remade(
            "negative.mkv",
            [
                "-i", film.path, "-c:v", "copy", "-c:a", "pcm_s16le", "-avoid_negative_ts",
                "disabled", "-output_ts_offset", "-0.4",
            ])
        for heard in try await heard(negative) {
            #expect(heard.prefix(19) == expected(19, offset: 0, seconds: 4)[...], "\(heard)")
        }
    }

    @Test func editListsCutWhatTheyHide() async throws {
        let film = try await film()
        // Copied from the key frame at 1 s on; an edit list begins the presentation at 1.6 s.
        let cut = try await remade(
            "edit-list.mp4", ["-ss", "1.6", "-i", film.path, "-c", "copy"])
        let starts = try await FFprobe.presentationTimes(cut, stream: "v:0")
        #expect((starts.first ?? 0) < -0.1, "the fixture has an edit list")
        let run = try await FilmRun(cut)
        let frames = try await FrameCode.numbers(in: try run.file("mp4"))
        #expect(frames.first == 40)
        for name in ["hls", "mp4"] {
            let heard = try await ToneCode.seconds(in: try run.file(name), window: 0.2)
            #expect(heard.prefix(11) == expected(11, offset: -1.6, seconds: 4)[...], "\(heard)")
        }
    }

    @Test func gapsAreSilentAndWhatFollowsIsInTime() async throws {
        let film = try await film()
        let gap = try await remade(
            "sound-gap.mkv",
            [
                "-i", film.path, "-map", "0:v", "-map", "0:a", "-c:v", "copy", "-af",
                "aselect='not(between(t\\,1.3\\,2.1))'", "-c:a", "pcm_s16le",
            ])
        let run = try await FilmRun(gap)
        #expect(run.warnings.contains("audioGaps"), "\(run.warnings)")
        let heard = try await ToneCode.seconds(in: try run.file("mp4"), window: 0.2)
        #expect(heard.prefix(6) == [0, 0, 0, 0, 0, 1], "\(heard)")
        #expect(heard[7...9].allSatisfy { $0 == nil }, "\(heard)")
        #expect(heard[11..<20] == expected(20, offset: 0, seconds: 4)[11..<20], "\(heard)")
    }
}
