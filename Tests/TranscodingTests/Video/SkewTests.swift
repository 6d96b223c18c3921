import Foundation
import MediaModel
import Planning
import TestSupport
import Testing

@testable import Transcoding

/// A source whose clock is unusual, with what is known of it by construction.
struct Clock: Sendable, CustomTestStringConvertible {
    var name: String
    /// How much later than its picture the sound is meant to be heard, in seconds.
    var soundDelay = 0.0
    var film = Film {
        $0.frameCount = 100
        $0.codecOptions = ["-preset", "veryfast", "-bf", "3", "-g", "50"]
    }
    /// Makes the source of the film; nil = the film itself.
    var arguments: (@Sendable (_ film: String) -> [String])?
    var container = "mp4"
    /// Changes the source's bytes.
    var patch: (@Sendable (Data) throws -> Data)?

    var testDescription: String { name }

    func file() async throws -> URL {
        let film = try await film.file()
        guard let arguments else { return film }
        return try await Fixtures.shared.file("clock-\(name).\(container)") { url in
            try await Program("ffmpeg").run(
                ["-v", "error", "-nostdin"] + arguments(film.path) + [url.path])
            if let patch { try patch(Data(contentsOf: url)).write(to: url) }
        }
    }
}

extension Clock {
    static let all: [Clock] = [
        Clock(name: "reordered pictures"),
        Clock(
            name: "edit lists of both tracks",
            arguments: { ["-ss", "0.8", "-i", $0, "-c", "copy"] }),
        Clock(
            name: "edit lists that begin inside of a frame",
            arguments: { ["-ss", "0.829", "-i", $0, "-c", "copy"] }),
        Clock(
            name: "an edit list of the picture only", soundDelay: 0.8,
            arguments: {
                ["-ss", "0.8", "-i", $0, "-i", $0, "-map", "0:v", "-map", "1:a", "-c", "copy"]
            }),
        Clock(
            name: "sound that starts later", soundDelay: 0.35,
            arguments: {
                [
                    "-i", $0, "-itsoffset", "0.35", "-i", $0, "-map", "0:v", "-map", "1:a", "-c",
                    "copy",
                ]
            }),
        Clock(
            name: "sound that starts earlier", soundDelay: -0.35,
            arguments: {
                [
                    "-i", $0, "-itsoffset", "0.35", "-i", $0, "-map", "1:v", "-map", "0:a", "-c",
                    "copy",
                ]
            }),
        Clock(
            name: "a transport stream that starts at 10 s",
            arguments: { ["-i", $0, "-c", "copy", "-output_ts_offset", "10"] }, container: "ts"),
        Clock(
            name: "negative first timestamps",
            arguments: {
                [
                    "-i", $0, "-c", "copy", "-output_ts_offset", "-0.4", "-avoid_negative_ts",
                    "disabled",
                ]
            }),
        Clock(
            name: "decoding times that go back",
            arguments: { ["-i", $0, "-c", "copy", "-streamid", "0:256"] }, container: "ts",
            patch: { try TransportStream.settingBackDecodingTimes(in: $0, stream: 256) }),
        Clock(
            name: "decoding times only",
            arguments: { ["-i", $0, "-c:v", "copy", "-c:a", "pcm_s16le"] }, container: "avi"),
        Clock(
            name: "milliseconds",
            film: Film {
                $0.rate = "30000/1001"
                $0.frameCount = 120
                $0.container = "mkv"
                $0.codecOptions = ["-preset", "veryfast", "-bf", "2", "-g", "60"]
            }),
        Clock(
            name: "a hole in the sound",
            arguments: {
                [
                    "-i", $0, "-c:v", "copy", "-af", "aselect='not(between(t,1.3,1.7))'", "-c:a",
                    "pcm_s16le",
                ]
            }, container: "mkv"),
        Clock(
            name: "a hole in the picture",
            film: Film {
                $0.frameCount = 100
                $0.filter = "select='not(between(t,1.29,1.71))'"
                $0.outputOptions = ["-fps_mode", "vfr"]
            }),
    ]
}

/// Picture and sound against each other at both ends, from numbered frames and numbered tones.
@Suite(.serialized) struct SkewTests {
    @Test(arguments: Clock.all) func pictureAndSoundStayTogether(clock: Clock) async throws {
        let source = try await clock.file()
        let run = try await FilmRun(source)
        let video = try #require(run.info.video)
        let audio = try #require(run.info.audio)
        let origin = min(video.startSeconds, audio.startSeconds)
        let frame = 1 / clock.film.framesPerSecond
        for name in ["mp4", "hls"] {
            let file = try run.file(name)
            let skews = try await Self.skews(file, rate: clock.film.framesPerSecond)
            #expect(skews.count >= 2, "\(name): \(skews)")
            for skew in [skews.first, skews.last].compactMap({ $0 }) {
                #expect(
                    abs(skew.seconds - clock.soundDelay) <= 0.020,
                    "\(name): \(skew.seconds) s at the tone \(skew.second)")
            }
            // Up to the last frame and the last packet of the source.
            let pictures = try await FFprobe.presentationTimes(file, stream: "v:0")
            let end = (pictures.last ?? 0) + frame
            #expect(abs(end - (video.endSeconds - origin)) <= frame + 0.001, "\(name): \(end)")
            let samples = try await ToneCode.timeline(of: file, sampleRate: 16_000)
            let heard = Double(samples.count) / 16_000
            #expect(abs(heard - (audio.endSeconds - origin)) <= 0.025, "\(name): \(heard)")
        }
    }

    /// How much later each second's tone sets in than its frame is shown, first second first.
    static func skews(
        _ file: URL, rate: Double
    ) async throws -> [(second: Int, seconds: Double)] {
        let numbers = try await FrameCode.numbers(in: file)
        let times = try await FFprobe.presentationTimes(file, stream: "v:0")
        let tones = try await ToneCode.changeTimes(in: file)
        return tones.keys.sorted().compactMap { second in
            let number = Int((Double(second) * rate).rounded())
            guard let position = numbers.firstIndex(of: number), position < times.count,
                let tone = tones[second]
            else { return nil }
            // A frame is not always due on the full second.
            let shown = times[position] - (Double(number) / rate - Double(second))
            return (second, tone - shown)
        }
    }
}
