import Foundation
import MediaModel
import TestSupport
import Testing

/// Films, judged by ffprobe and by the numbers in their frames.
struct PublishedFilmTests {
    @Test func theLadderIsCappedAtTheSource() async throws {
        let film = try await Gallery.published("film.mp4")
        let sizes = film.derivatives(.rendition).filter { !$0.files.isEmpty }
            .map { "\($0.description.width ?? 0)x\($0.description.height ?? 0)" }
        #expect(sizes == ["1280x720", "854x480", "640x360"])
    }

    @Test func everyRungIsHighProfileProgressive8BitBT709() async throws {
        for name in ["film.mp4", "turned.mp4", "hevc.mkv", "prores.mov", "anamorphic.ts"] {
            let film = try await Gallery.published(name)
            for rung in film.derivatives(.rendition) {
                let probe = try await FFprobe(film.file(rung.path))
                let video = try #require(probe.video, "\(name) \(rung.path)")
                #expect(video.codec == "h264" && video.profile == "High", "\(name)")
                #expect(video.pixelFormat == "yuv420p", "\(name)")
                #expect(video.colorSpace == "bt709" && video.colorTransfer == "bt709", "\(name)")
                #expect(video.colorPrimaries == "bt709" && video.colorRange == "tv", "\(name)")
                #expect([nil, "1:1", "0:1"].contains(video.sampleAspectRatio), "\(name)")
                #expect(video.width == rung.description.width, "\(name)")
                #expect(video.height == rung.description.height, "\(name)")
                #expect((video.width ?? 1) % 2 == 0 && (video.height ?? 1) % 2 == 0, "\(name)")
            }
        }
    }

    @Test func everyFrameIsThereOnceAndInOrder() async throws {
        let film = try await Gallery.published("film.mp4")
        let all = Array(0..<Gallery.film.frameCount)
        for rung in film.derivatives(.rendition) {
            #expect(
                try await FrameCode.numbers(in: film.file(rung.path)) == all, "\(rung.path)")
        }
    }

    @Test func framesKeepTheirMoments() async throws {
        let film = try await Gallery.published("film.mp4")
        let times = try await FFprobe.presentationTimes(film.play(\.mp4), stream: "v:0")
        #expect(times.count == Gallery.film.frameCount)
        for (index, time) in times.enumerated() {
            #expect(abs(time - times[0] - Double(index) / 25) < 0.001, "frame \(index)")
        }
    }

    @Test func pictureAndSoundStartAndEndTogether() async throws {
        for name in ["film.mp4", "vp9.webm", "anamorphic.ts"] {
            let film = try await Gallery.published(name)
            let mp4 = try film.play(\.mp4)
            let video = try await FFprobe.presentationTimes(mp4, stream: "v:0")
            let audio = try await FFprobe.presentationTimes(mp4, stream: "a:0")
            let (firstPicture, firstSound) = (try #require(video.first), try #require(audio.first))
            // 20 ms, as the gate has it; a packet of AAC priming lies before the first sound.
            #expect(abs(firstPicture - max(0, firstSound)) <= 0.020 + 1024.0 / 44_100, "\(name)")
            let heard = try await ToneCode.seconds(in: mp4)
            #expect(heard.prefix(2) == [0, 1], "\(name)")
        }
    }

    @Test func theSoundOfEachSecondIsHeardInItsSecond() async throws {
        let film = try await Gallery.published("film.mp4")
        let heard = try await ToneCode.seconds(in: film.play(\.hls))
        #expect(heard.prefix(10) == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    }

    @Test func aTurnedFilmStandsUpright() async throws {
        let film = try await Gallery.published("turned.mp4")
        let mp4 = try film.play(\.mp4)
        let video = try #require(try await FFprobe(mp4).video)
        #expect(video.width == 240 && video.height == 320)
        // Turned back by the reader, it must show its numbers.
        let numbers = try await FrameCode.numbers(in: mp4, filter: "transpose=cclock")
        #expect(numbers.compactMap { $0 } == Array(0..<50))
    }

    @Test func anAnamorphicFilmHasSquarePixels() async throws {
        let film = try await Gallery.published("anamorphic.ts")
        let top = try #require(film.derivatives(.rendition).first)
        #expect(top.description.width == 1024 && top.description.height == 576)
    }

    @Test func aSilentFilmIsAFilmWithoutSound() async throws {
        let film = try await Gallery.published("silent.mov")
        #expect(film.derivatives(.audio).isEmpty)
        #expect(try await FFprobe(film.play(\.mp4)).audio == nil)
        #expect(film.manifest.loudness == nil)
    }

    @Test func thePosterIsAFrameOfTheFilm() async throws {
        let film = try await Gallery.published("film.mp4")
        let poster = try film.play(\.poster)
        let directory = try TemporaryDirectory("poster")
        let copy = directory.file("poster.png")
        try await Program("vips").run(["copy", poster.path, copy.path])
        let frame = try #require(try await FrameCode.numbers(in: copy).compactMap { $0 }.first)
        // Away from both ends, where fades are.
        #expect((5..<245).contains(frame))
        let formats = Set(film.derivatives(.poster).map(\.description.mediaType))
        #expect(formats == ["image/avif", "image/webp", "image/jpeg"])
    }

    @Test func theStoryboardCoversTheWholeDuration() async throws {
        let film = try await Gallery.published("film.mp4")
        let track = try film.play(\.storyboard)
        let text = try String(contentsOf: track, encoding: .utf8)
        #expect(text.hasPrefix("WEBVTT"))
        let cues = text.split(separator: "\n").filter { $0.contains(" --> ") }
        let pictures = text.split(separator: "\n").filter { $0.contains("#xywh=") }
        #expect(cues.count == pictures.count && cues.count >= 10)
        let end = try #require(cues.last?.components(separatedBy: " --> ").last)
        let parts = end.split(separator: ":").compactMap { Double($0) }
        let seconds = parts.reduce(0.0) { $0 * 60 + $1 }
        #expect(abs(seconds - 10) < 0.05, "\(end)")
        for (index, line) in pictures.enumerated() {
            let parts = line.components(separatedBy: "#xywh=")
            let box = parts[1].split(separator: ",").compactMap { Int($0) }
            #expect(box.count == 4)
            let sheet = track.deletingLastPathComponent().appending(path: parts[0])
            let header = try await VipsHeader(sheet)
            #expect(box[0] + box[2] <= header.width && box[1] + box[3] <= header.height)
            let numbers = try await FrameCode.numbers(
                in: sheet, filter: "crop=\(box[2]):\(box[3]):\(box[0]):\(box[1])")
            let frame = try #require(numbers.compactMap { $0 }.first, "tile \(index)")
            #expect((index * 25..<(index + 1) * 25).contains(frame), "tile \(index) shows \(frame)")
        }
    }

    @Test func loudnessAgreesWithFFmpegsMeasurement() async throws {
        let film = try await Gallery.published("film.mp4")
        let loudness = try #require(film.manifest.loudness)
        let result = try await Program("ffmpeg").result([
            "-nostdin", "-hide_banner", "-i", Gallery.film.file().path, "-map", "0:a", "-af",
            "ebur128=peak=true", "-f", "null", "-",
        ])
        let summary = result.error.components(separatedBy: "Summary:").last ?? ""
        func figure(_ label: String) -> Double? {
            summary.components(separatedBy: label).dropFirst().first
                .flatMap { $0.split(whereSeparator: \.isWhitespace).first }.flatMap { Double($0) }
        }
        let integrated = try #require(figure("I:"))
        let peak = try #require(figure("Peak:"))
        #expect(abs((loudness.integratedLUFS ?? 0) - integrated) <= 0.2, "\(loudness) \(summary)")
        #expect(abs((loudness.truePeakDBTP ?? 0) - peak) <= 0.3, "\(loudness) \(summary)")
    }
}
