import FFmpeg
import Foundation
import MediaModel
import Planning
import TestSupport
import Testing

@testable import Transcoding

@Suite(.serialized) struct VideoTranscoderTests {
    @Test func everyFrameOfAFilmComesOutOnceAndInOrder() async throws {
        let film = Film {
            $0.width = 640; $0.height = 360; $0.frameCount = 75
        }
        let run = try await FilmRun(try await film.file())

        #expect(run.plan.video?.rungs.count == 2)
        for position in 0..<2 {
            let numbers = try await FrameCode.numbers(in: try run.rung(position))
            #expect(numbers == (0..<75).map { $0 })
        }
        let progressive = try await FrameCode.numbers(in: try run.file("mp4"))
        #expect(progressive == (0..<75).map { $0 })
        #expect(run.warnings.isEmpty)
        #expect(run.progress == run.progress.sorted())
        #expect(run.progress.last == 1)
    }

    @Test func rungsAreTaggedHighProfileVideoThatPlayersExpect() async throws {
        let film = Film {
            $0.width = 640; $0.height = 360; $0.frameCount = 75
        }
        let run = try await FilmRun(try await film.file())
        for file in [try run.rung(0), try run.rung(1), try run.file("mp4")] {
            let video = try #require(try await FFprobe(file, countingFrames: true).video)
            #expect(video.codec == "h264")
            #expect(video.profile == "High")
            #expect(video.pixelFormat == "yuv420p")
            #expect(video.colorSpace == "bt709")
            #expect(video.colorTransfer == "bt709")
            #expect(video.colorPrimaries == "bt709")
            #expect(video.colorRange == "tv")
            #expect(video.sampleAspectRatio == "1:1")
            #expect(video.frameCount == 75)
        }
        let mp4 = try await FFprobe(try run.file("mp4"))
        #expect(abs((mp4.durationSeconds ?? 0) - film.duration) < 0.041)
        #expect(mp4.audio?.codec == "aac")
    }

    @Test func segmentsBeginWithKeyFramesAtTheSameTimesOnEveryRung() async throws {
        let film = Film {
            $0.width = 640
            $0.height = 360
            $0.rate = "30000/1001"
            $0.frameCount = 100
        }
        let run = try await FilmRun(try await film.file())
        let top = run.result.tracks[0]
        #expect(top.segments.count == 4)
        for track in run.result.tracks {
            #expect(track.segments.map(\.start) == top.segments.map(\.start))
        }
        let keys = try await FilmOracle.keyFrameTimes(try run.rung(0))
        #expect(keys.count == 4)
        // The first frame at or after each whole second.
        for (index, time) in keys.enumerated() {
            #expect(time > Double(index) - 0.001)
            #expect(time < Double(index) + 1001.0 / 30_000 + 0.001)
        }
        let lower = try await FilmOracle.keyFrameTimes(try run.rung(1))
        #expect(lower == keys)
    }

    @Test func aSilentFilmIsAFilm() async throws {
        let film = Film {
            $0.audioCodec = nil; $0.frameCount = 30
        }
        let run = try await FilmRun(try await film.file())
        #expect(run.info.kind == .video)
        #expect(run.result.audio == nil)
        #expect(run.warnings.isEmpty)
        let probe = try await FFprobe(try run.file("mp4"))
        #expect(probe.streams.count == 1)
    }

    @Test func aFilmOfOneFrameComesOut() async throws {
        let film = Film {
            $0.audioCodec = nil; $0.frameCount = 1; $0.codec = "mjpeg"
            $0.codecOptions = ["-q:v", "3"]; $0.pixelFormat = "yuvj420p"; $0.container = "mov"
        }
        let run = try await FilmRun(try await film.file())
        #expect(run.result.frameCount == 1)
        #expect(try await FrameCode.numbers(in: try run.rung()) == [0])
    }

    @Test(arguments: [1, 2, 3]) func tinyAndOddSizesBecomeEven(width: Int) async throws {
        let file = try await Fixtures.shared.file("tiny-\(width).mov") { url in
            try await Program("ffmpeg").run([
                "-v", "error", "-f", "lavfi", "-i",
                "color=red:size=64x64:rate=5,format=rgb24,scale=\(width):\(width * 7),setsar=1",
                "-frames:v", "5", "-c:v", "png", "-pix_fmt", "rgb24", url.path,
            ])
        }
        let run = try await FilmRun(file)
        let video = try #require(try await FFprobe(try run.rung(), countingFrames: true).video)
        #expect(video.width == 2)
        #expect((video.height ?? 1) % 2 == 0)
        #expect(video.frameCount == 5)
    }

    @Test func raisingTheInterruptEndsTheWork() async throws {
        let film = Film {
            $0.width = 640; $0.height = 360; $0.frameCount = 75
        }
        let interrupt = Interrupt()
        interrupt.raise()
        let file = try await film.file()
        await #expect(throws: Failure.self) { try await FilmRun(file, interrupt: interrupt) }
    }

    @Test func raisingTheInterruptMidwayEndsEveryThread() async throws {
        let film = Film {
            $0.width = 1280
            $0.height = 720
            $0.frameCount = 500
        }
        let file = try await film.file()
        let interrupt = Interrupt()
        let start = ContinuousClock.now
        let failure = await #expect(throws: Failure.self) {
            try await FilmRun(file, interrupt: interrupt) { event in
                if case .progress = event { interrupt.raise() }
            }
        }
        #expect(failure?.code == "interrupted")
        // `run` returns only when all its threads have ended.
        #expect(ContinuousClock.now - start < .seconds(10))
    }

    @Test func storyboardTilesCoverTheWholeFilm() async throws {
        let film = Film {
            $0.width = 320; $0.height = 180; $0.frameCount = 90
        }
        let run = try await FilmRun(try await film.file())
        let plan = try #require(run.plan.video?.storyboard)
        let text = try String(contentsOf: try run.file("storyboard"), encoding: .utf8)
        let cues = text.split(separator: "\n").filter { $0.contains(" --> ") }
        #expect(cues.count == 4)
        #expect(cues.first?.hasPrefix("00:00:00.000") == true)
        #expect(cues.last?.hasSuffix("00:00:03.600") == true)
        let artifact = try run.artifact("storyboard")
        let sheet = run.directory.file(try #require(artifact.companions.first).path)
        #expect(text.contains(sheet.lastPathComponent))
        // Each tile shows a frame of its own second.
        for tile in 0..<plan.tileCount {
            let crop =
                "crop=\(plan.tileSize.width):\(plan.tileSize.height):"
                + "\(tile * plan.tileSize.width):0"
            let number = try await FrameCode.numbers(in: sheet, filter: crop)
            let shown = try #require(number.first ?? nil)
            #expect((tile * 25..<(tile + 1) * 25).contains(shown))
        }
    }

    @Test func thePosterShowsTheMomentThatWasAskedFor() async throws {
        let film = Film {
            $0.width = 320; $0.height = 180; $0.frameCount = 75
        }
        var sidecar = Sidecar()
        sidecar.posterTime = 1.5
        let run = try await FilmRun(try await film.file(), sidecar: sidecar)
        let poster = try #require(
            run.artifacts.first {
                $0.description.mediaType == "image/jpeg" && $0.description.role == .poster
            })
        let numbers = try await FrameCode.numbers(in: run.directory.file(poster.file.path))
        #expect([37, 38].contains(try #require(numbers.first)))
    }

    @Test func thePosterIsNotBlackWhenAnythingElseIs() async throws {
        // Black but for the second half of the third second.
        let film = Film {
            $0.frameCount = 100
            $0.filter = "drawbox=t=fill:color=black:enable='not(between(t,2.4,3))'"
        }
        let run = try await FilmRun(try await film.file())
        let poster = try #require(
            run.artifacts.first {
                $0.description.mediaType == "image/jpeg" && $0.description.role == .poster
            })
        let numbers = try await FrameCode.numbers(in: run.directory.file(poster.file.path))
        #expect((60...75).contains(try #require(numbers.first ?? nil)))
    }
}
