import Foundation
import MediaModel
import Planning
import TestSupport
import Testing

@testable import Transcoding

/// The cadences that cameras and films have, kept to the tick or halved by rule.
@Suite(.serialized) struct CadenceTests {
    private static var recipe: Recipe {
        var recipe = Recipe.quick
        recipe.video.rungs = [Recipe.Rung(height: 180, maximumKilobits: 800)]
        return recipe
    }

    private static func film(_ rate: String, _ container: String, _ count: Int = 40) -> Film {
        Film {
            $0.rate = rate
            $0.frameCount = count
            $0.width = 160
            $0.height = 90
            $0.audioCodec = nil
            $0.container = container
        }
    }

    @Test(arguments: [
        "24000/1001", "24", "25", "30000/1001", "30", "50", "60000/1001", "60",
    ])
    func usualCadencesAreKeptToTheTick(rate: String) async throws {
        // Matroska rounds to milliseconds: the cadence is found again behind them.
        for container in ["mp4", "mkv"] {
            let film = Self.film(rate, container)
            let run = try await FilmRun(try await film.file(), recipe: Self.recipe)
            let file = try run.rung()
            #expect(try await FrameCode.numbers(in: file) == Array(0..<40), "\(container)")
            let times = try await FFprobe.presentationTimes(file, stream: "v:0")
            for (index, time) in times.enumerated() {
                let ideal = Double(index) / film.framesPerSecond
                // Six digits of ffprobe.
                #expect(abs(time - ideal) < 0.000_002, "\(container): \(index)")
            }
            let mp4 = try #require(try await FFprobe(try run.file("mp4")).video)
            let exact = rate.contains("/") ? rate : "\(rate)/1"
            #expect(mp4.averageFrameRate == exact, "\(container)")
            let hls = try String(contentsOf: try run.file("hls"), encoding: .utf8)
            let stated = String(format: "FRAME-RATE=%.3f,", film.framesPerSecond)
            #expect(hls.contains(stated), "\(container): \(hls)")
        }
    }

    @Test func fasterSourcesAreHalvedUntilTheyFit() async throws {
        for (rate, step) in [("120", 2), ("120000/1001", 2), ("240", 4)] {
            let film = Self.film(rate, "mp4", 80)
            let run = try await FilmRun(try await film.file(), recipe: Self.recipe)
            let numbers = try await FrameCode.numbers(in: try run.rung())
            #expect(numbers == (0..<(80 / step)).map { $0 * step }, "\(rate)")
        }
    }

    /// A phone's clock: 90 000 ticks a second, no two frames quite alike.
    @Test func aNominalRateOf90000IsNoCadence() async throws {
        var film = Self.film("30", "mp4", 60)
        film.filter = "settb=1/90000,setpts='PTS+40*sin(N*1.7)'"
        film.outputOptions = ["-fps_mode", "passthrough", "-video_track_timescale", "90000"]
        film.codecOptions += ["-enc_time_base", "1/90000"]
        let run = try await FilmRun(try await film.file(), recipe: Self.recipe)
        let rate = try #require(run.info.video?.frameRate).value
        #expect(abs(rate - 30) < 0.2, "\(rate)")
        #expect(run.plan.video?.frameStep == 1)
        let file = try run.rung()
        #expect(try await FrameCode.numbers(in: file) == Array(0..<60))
        let times = try await FFprobe.presentationTimes(file, stream: "v:0")
        for (index, time) in times.enumerated() {
            #expect(abs(time - Double(index) / 30) < 0.002, "\(index) at \(time)")
        }
    }

    @Test(arguments: [[1, 1], [2, 1], [1, 64], [2, 64], [64, 2], [3, 3], [161, 121]])
    func oddAndTinySizesComeOutEvenWithEveryFrame(size: [Int]) async throws {
        let file = try await Fixtures.shared.file("size-\(size[0])x\(size[1]).mov") { url in
            try await Program("ffmpeg").run([
                "-v", "error", "-f", "lavfi", "-i",
                "color=0x4080c0:size=256x256:rate=5:duration=1,format=rgb24,"
                    + "scale=\(size[0]):\(size[1]),setsar=1",
                "-c:v", "png", "-pix_fmt", "rgb24", url.path,
            ])
        }
        let run = try await FilmRun(file, recipe: Self.recipe)
        for name in ["mp4", "hls"] {
            let video = try #require(
                try await FFprobe(try run.file(name), countingFrames: true).video)
            #expect(video.frameCount == 5, "\(name)")
            #expect(video.width == max(2, size[0] & ~1) && video.height == max(2, size[1] & ~1))
        }
    }
}
