import Foundation
import MediaModel
import TestSupport
import Testing

@testable import Transcoding

/// The silent loop for cards.
@Suite(.serialized) struct HoverTests {
    @Test func aShortFilmIsShownWhole() async throws {
        let film = Film {
            $0.frameCount = 75
        }
        let run = try await FilmRun(try await film.file())
        let hover = try run.file("hover")
        #expect(try await FrameCode.numbers(in: hover) == (0..<75).map { $0 })
        let probe = try await FFprobe(hover)
        #expect(probe.streams.count == 1)
        #expect(probe.video?.codec == "h264")
        #expect(probe.video?.pixelFormat == "yuv420p")
        #expect(probe.video?.colorSpace == "bt709")
        #expect(abs((probe.durationSeconds ?? 0) - 3) < 0.041)
    }

    /// The film's last picture is damaged: the one before is held for it, longer than any other.
    @Test func theLastPictureMayBeHeldLong() async throws {
        let film = Film {
            $0.frameCount = 5
            $0.codec = "mjpeg"
            $0.codecOptions = ["-q:v", "3"]
            $0.pixelFormat = "yuvj420p"
            $0.audioCodec = "pcm_s16le"
            $0.container = "avi"
        }
        var bytes = try Data(contentsOf: try await film.file())
        let index = try #require(bytes.range(of: Data("idx1".utf8), options: .backwards))
        let last = try #require(
            bytes.range(
                of: Data("00dc".utf8), options: .backwards, in: bytes.startIndex..<index.lowerBound)
        )
        bytes.resetBytes(in: last.upperBound + 4..<last.upperBound + 1000)
        let directory = try TemporaryDirectory()
        let damaged = directory.file("damaged.avi")
        try bytes.write(to: damaged)
        let run = try await FilmRun(damaged)
        #expect(try await FrameCode.numbers(in: try run.file("hover")) == (0..<4).map { $0 })
        let seconds = try #require(try run.artifact("hover").description.durationSeconds)
        #expect(abs(seconds - 0.2) < 0.001)
    }

    @Test func aLongFilmIsShownInExcerpts() async throws {
        let film = Film {
            $0.frameCount = 600
            $0.audioCodec = nil
        }
        let run = try await FilmRun(try await film.file())
        let hover = try run.file("hover")
        let numbers = try await FrameCode.numbers(in: hover).map { try #require($0) }
        // 24 s: around 4, 12 and 20 s, 1.6 s each, every frame of them, in order.
        let expected = [4.0, 12, 20].flatMap { middle -> [Int] in
            let first = Int(((middle - 0.8) * 25).rounded())
            return Array(first..<first + 40)
        }
        #expect(numbers == expected)
        let seconds = try #require(try run.artifact("hover").description.durationSeconds)
        #expect(abs(seconds - 4.8) < 0.041)
        #expect((3...6).contains(seconds))
    }

    @Test func anExcerptThatBeginsBlackWaitsForLight() async throws {
        let film = Film {
            $0.frameCount = 600
            $0.audioCodec = nil
            $0.filter = "drawbox=t=fill:color=black:enable='between(t,11,12.4)'"
        }
        let run = try await FilmRun(try await film.file())
        let numbers = try await FrameCode.numbers(in: try run.file("hover"))
        #expect(!numbers.contains(nil))
        #expect(numbers[40] ?? 0 >= 310)
    }

    /// Noise is the worst that an encoder can be given.
    @Test func evenNoiseStaysBelowAMegabyte() async throws {
        let file = try await Fixtures.shared.file("noise.mp4") { url in
            try await Program("ffmpeg").run([
                "-v", "error", "-f", "lavfi", "-i",
                "color=gray:size=640x360:rate=50:duration=6,noise=alls=100:allf=t,format=yuv420p",
                "-c:v", "libx264", "-preset", "ultrafast", "-qp", "18", url.path,
            ])
        }
        let run = try await FilmRun(file)
        let hover = try run.artifact("hover")
        #expect(hover.file.byteCount <= 1_000_000)
        let probe = try await FFprobe(try run.file("hover"), countingFrames: true)
        // Every second frame of fifty in a second.
        #expect(probe.video?.frameCount == 150)
        #expect(abs((probe.durationSeconds ?? 0) - 6) < 0.041)
    }
}
