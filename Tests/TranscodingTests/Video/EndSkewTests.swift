import Foundation
import MediaModel
import Planning
import TestSupport
import Testing

@testable import Transcoding

/// A film whose pictures are counted otherwise when they come out than when they went in.
struct Retimed: Sendable, CustomTestStringConvertible {
    var name: String
    var film: Film
    /// Of the numbers that the frames carry, in a second.
    var numbersPerSecond: Double
    var fields = FieldRule.Treatment.none
    /// How long the longest frame that comes out is shown, in seconds.
    var frame: Double

    var testDescription: String { name }

    /// Two moments in every frame, seen in the lower two thirds: bars that move sideways.
    private static func interlaced(_ size: String, rate: String, _ first: String) -> String {
        "fps=\(rate)[numbers];nullsrc=size=\(size):rate=\(rate),"
            + "format=yuv420p,geq=lum='if(mod(floor((X+N*6)/24),2),200,40)':cb=128:cr=128[motion];"
            + "[numbers][motion]overlay=0:H-h:shortest=1,tinterlace=interleave_\(first)"
    }

    static let all: [Retimed] = [
        // The first frame of each second stays; of the others, two thirds.
        Retimed(
            name: "variable frame rate",
            film: Film {
                $0.frameCount = 150
                $0.filter = "select='not(mod(n,25))+mod(n,3)'"
                $0.outputOptions = ["-fps_mode", "vfr"]
                $0.codecOptions = ["-preset", "veryfast", "-bf", "2"]
            }, numbersPerSecond: 25, frame: 0.08),
        Retimed(
            name: "120 made 60",
            film: Film {
                $0.rate = "120"; $0.frameCount = 600
            }, numbersPerSecond: 120, frame: 1.0 / 60),
        Retimed(
            name: "119.88 made 59.94",
            film: Film {
                $0.rate = "120000/1001"; $0.frameCount = 600
            }, numbersPerSecond: 120_000.0 / 1001, frame: 1001.0 / 60_000),
        Retimed(
            name: "telecined",
            film: Film {
                $0.width = 720
                $0.height = 480
                $0.rate = "24000/1001"
                $0.frameCount = 120
                $0.codec = "mpeg2video"
                $0.codecOptions = ["-q:v", "2", "-g", "12", "-flags", "+ilme+ildct"]
                $0.audioCodec = "mp2"
                $0.container = "mpg"
                $0.filter = "telecine=pattern=23:first_field=top,setfield=tff"
            }, numbersPerSecond: 24_000.0 / 1001, fields: .inverseTelecine, frame: 1001.0 / 24_000),
        // The number of both moments in a frame is one, what moves below it is not: a bit that is 0
        // in all first fields and 1 in all second ones would be combed for ever, and is left alone.
        Retimed(
            name: "interlaced, top field first",
            film: Film {
                $0.width = 720
                $0.height = 576
                $0.frameCount = 125
                $0.codec = "mpeg2video"
                $0.codecOptions = ["-q:v", "2", "-g", "12", "-bf", "2", "-flags", "+ilme+ildct"]
                $0.audioCodec = "mp2"
                $0.container = "ts"
                $0.filter = interlaced("720x384", rate: "50", "top") + ",setfield=tff"
            }, numbersPerSecond: 25, fields: .deinterlace, frame: 0.04),
        Retimed(
            name: "interlaced, bottom field first",
            film: Film {
                $0.width = 720
                $0.height = 480
                $0.rate = "30000/1001"
                $0.frameCount = 150
                $0.codec = "dvvideo"
                $0.codecOptions = []
                $0.pixelFormat = "yuv411p"
                $0.audioCodec = "pcm_s16le"
                $0.container = "mov"
                $0.filter = interlaced("720x320", rate: "60000/1001", "bottom") + ",setfield=bff"
            }, numbersPerSecond: 30_000.0 / 1001, fields: .deinterlace, frame: 1001.0 / 30_000),
        Retimed(
            name: "interlaced, and called progressive",
            film: Film {
                $0.width = 720
                $0.height = 576
                $0.frameCount = 125
                $0.codecOptions = ["-preset", "veryfast", "-qp", "10", "-bf", "2"]
                $0.filter = interlaced("720x384", rate: "50", "top") + ",setfield=prog"
            }, numbersPerSecond: 25, fields: .deinterlace, frame: 0.04),
        Retimed(
            name: "Opus in WebM",
            film: Film {
                $0.frameCount = 125
                $0.codec = "libvpx-vp9"
                $0.codecOptions = ["-deadline", "realtime", "-cpu-used", "8", "-b:v", "1M"]
                $0.audioCodec = "libopus"
                $0.container = "webm"
            }, numbersPerSecond: 25, frame: 0.04),
        Retimed(
            name: "Opus in MP4",
            film: Film {
                $0.frameCount = 125; $0.audioCodec = "libopus"
            }, numbersPerSecond: 25, frame: 0.04),
    ]
}

/// Picture and sound at the end: when each is seen and heard is known from how the film was made, and
/// read from what came out with FFmpeg's programs; the product's own probe has no say.
@Suite(.serialized) struct EndSkewTests {
    @Test(arguments: Retimed.all) func theEndIsWhereItWasMade(film: Retimed) async throws {
        let seconds = film.film.duration
        let run = try await FilmRun(try await film.film.file())
        #expect(run.plan.video?.picture.fields == film.fields)
        for name in ["mp4", "hls"] {
            let file = try run.file(name)
            let skews = try await SkewTests.skews(file, rate: film.numbersPerSecond)
            print("end skew, \(film.name), \(name): \(skews)")
            // Of the first and the last change of tone that a film of this length has.
            #expect(skews.first?.second ?? 9 <= 2, "\(name): \(skews)")
            #expect(skews.last?.second ?? 0 >= Int(seconds - 0.1) - 1, "\(name): \(skews)")
            for skew in skews {
                #expect(abs(skew.seconds) <= 0.020, "\(name): \(skew)")
            }
            let facts = try await FilmFacts(file)
            let numbers = try await FrameCode.numbers(in: file).prefix(6)
            print("  shown first: \(numbers) at \(facts.times.prefix(6))")
            #expect(abs(facts.end - seconds) <= film.frame + 0.002, "\(name): \(facts.end) s")
            let heard = try await ToneCode.timeline(of: file, sampleRate: 16_000)
            // A packet of MP2 or AAC, and its priming where the container cannot tell it.
            #expect(
                abs(Double(heard.count) / 16_000 - seconds) <= 0.05,
                "\(name): \(Double(heard.count) / 16_000) s")
        }
    }

    /// The first and the third second of a film, put one behind the other by edit lists of two parts
    /// each.
    @Test func editListsOfSeveralPartsAreFollowedByPictureAndSound() async throws {
        let film = try await Film {
            $0.frameCount = 100
            $0.codecOptions = ["-preset", "veryfast", "-bf", "2", "-g", "25", "-sc_threshold", "0"]
        }.file()
        let file = try await Fixtures.shared.file("two-edits.mp4") { url in
            try FileManager.default.copyItem(at: film, to: url)
            var boxes = try BoxFile(url)
            for track in [0, 1] {
                let start = try boxes.firstMediaTime(track: track)
                let scale = try boxes.timescale(track: track)
                // FFmpeg's movies count milliseconds.
                try boxes.setEdits(
                    [(1000, start), (1000, start + 2 * scale)], track: track)
            }
            try boxes.write()
        }
        // The fixture is what it should be: FFmpeg's program follows the lists.
        let wanted = Array(0..<25) + Array(50..<75)
        #expect(try await FrameCode.numbers(in: file).compactMap(\.self) == wanted)
        let run = try await FilmRun(file)
        for name in ["mp4", "hls"] {
            let output = try run.file(name)
            let numbers = try await FrameCode.numbers(in: output).compactMap(\.self)
            #expect(numbers == wanted, "\(name): \(numbers)")
            let facts = try await FilmFacts(output)
            #expect(abs(facts.end - 2) <= 0.041, "\(name): \(facts.end) s")
            let heard = try await ToneCode.seconds(in: output, window: 0.2)
            #expect(
                heard.prefix(10) == [0, 0, 0, 0, 0, 2, 2, 2, 2, 2], "\(name): \(heard)")
            #expect((10...11).contains(heard.count), "\(name): \(heard)")
        }
    }

    /// Flashes and beeps at both ends of a minute and a half, with rates that are no whole numbers:
    /// 29.97 pictures and 44.1 kHz.
    @Test func nothingDriftsInAMinuteAndAHalf() async throws {
        let frames = [30, 1349, 2667]
        let times = frames.map { Double($0) * 1001 / 30_000 }
        let file = try await Fixtures.shared.file("drift.mov") { url in
            let flashes = frames.map { "eq(n\\,\($0))" }.joined(separator: "+")
            let beeps = times.map { "between(t,\($0),\($0 + 0.05))" }.joined(separator: "+")
            try await Program("ffmpeg").run([
                "-v", "error", "-f", "lavfi", "-i",
                "color=black:size=128x72:rate=30000/1001:duration=90,"
                    + "drawbox=t=fill:color=white:enable='\(flashes)'",
                "-f", "lavfi", "-i",
                "aevalsrc='0.5*sin(2*PI*1000*t)*(\(beeps))':s=44100:d=90", "-c:v", "libx264",
                "-preset", "ultrafast", "-bf", "2", "-c:a", "aac", url.path,
            ])
        }
        var recipe = Recipe.quick
        recipe.video.segmentSeconds = 4
        let run = try await FilmRun(file, recipe: recipe)
        for name in ["mp4", "hls"] {
            let flashes = try await FilmOracle.brightTimes(try run.file(name))
            let beeps = try await FilmOracle.loudTimes(try run.file(name))
            print("drift, \(name): \(flashes) \(beeps)")
            #expect(flashes.count == 3 && beeps.count == 3, "\(name): \(flashes) \(beeps)")
            for ((flash, beep), time) in zip(zip(flashes, beeps), times) {
                #expect(abs(flash - beep) <= 0.020, "\(name): \(flash) \(beep)")
                // FFmpeg shows what it reads of a playlist later by the sound's priming, all of it.
                let late = name == "hls" ? flashes[0] - times[0] : 0
                #expect(abs(flash - late - time) <= 0.003, "\(name): \(flash) for \(time)")
            }
        }
    }
}
