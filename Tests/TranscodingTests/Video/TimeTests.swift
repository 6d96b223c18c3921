import Foundation
import MediaModel
import Planning
import TestSupport
import Testing

@testable import Transcoding

@Suite(.serialized) struct TimeTests {
    @Test func variableFrameRateIsKept() async throws {
        // Every third frame of the second second is left out.
        let film = Film {
            $0.frameCount = 60
            $0.audioCodec = nil
            $0.filter = "select='not(between(t,0.99,1.99)*eq(mod(n,3),0))'"
            $0.outputOptions = ["-fps_mode", "vfr"]
        }
        let file = try await film.file()
        let run = try await FilmRun(file)
        #expect(run.info.video?.isVariableFrameRate == true)
        let expected = try await FFprobe.presentationTimes(file, stream: "v:0")
        let found = try await FFprobe.presentationTimes(try run.rung(), stream: "v:0")
        #expect(found.count == expected.count)
        for (a, b) in zip(found, expected) { #expect(abs(a - b) < 0.002) }
    }

    @Test func aLateFirstTimestampBecomesZeroForPictureAndSoundAlike() async throws {
        let film = Film {
            $0.frameCount = 75; $0.container = "ts"; $0.outputOptions = ["-output_ts_offset", "10"]
        }
        let run = try await FilmRun(try await film.file())
        #expect(try #require(run.info.video).startSeconds > 9)
        let times = try await FFprobe.presentationTimes(try run.rung(), stream: "v:0")
        #expect((times.first ?? 1) < 0.06)
        #expect(abs(run.result.durationSeconds - film.duration) < 0.1)
    }

    @Test func pictureAndSoundKeepTogether() async throws {
        // A white frame and a beep at 1.0 s and at 3.0 s.
        let file = try await Fixtures.shared.file("flash.mp4") { url in
            let on = "between(t\\,1\\,1.039)+between(t\\,3\\,3.039)"
            try await Program("ffmpeg").run([
                "-v", "error", "-f", "lavfi", "-i",
                "color=black:size=320x180:rate=25:duration=4,"
                    + "drawbox=t=fill:color=white:enable='\(on)'",
                "-f", "lavfi", "-i",
                "aevalsrc='0.5*sin(2*PI*1000*t)*(between(t,1,1.04)+between(t,3,3.04))':s=48000:d=4",
                "-c:v", "libx264", "-bf", "2", "-c:a", "aac", url.path,
            ])
        }
        let run = try await FilmRun(file)
        for output in [try run.file("mp4"), try run.file("hls")] {
            let flashes = try await FilmOracle.brightTimes(output)
            let beeps = try await FilmOracle.loudTimes(output)
            #expect(flashes.count == 2)
            #expect(beeps.count == 2)
            for (flash, beep) in zip(flashes, beeps) {
                #expect(abs(flash - beep) <= 0.02, "\(flash) \(beep)")
            }
        }
    }

    @Test func highFrameRatesAreHalved() async throws {
        let film = Film {
            $0.rate = "120"; $0.frameCount = 60; $0.audioCodec = nil
        }
        let run = try await FilmRun(try await film.file())
        #expect(run.info.video?.frameRate == Ratio(120, 1))
        let numbers = try await FrameCode.numbers(in: try run.rung())
        #expect(numbers == (0..<30).map { $0 * 2 })
    }

    @Test func interlacedFilmsAreDeinterlaced() async throws {
        let film = Film {
            $0.frameCount = 20
            $0.audioCodec = nil
            $0.codec = "mpeg2video"
            $0.codecOptions = ["-flags", "+ildct+ilme", "-q:v", "2"]
            $0.container = "mpg"
            $0.filter = "setfield=tff"
        }
        let run = try await FilmRun(try await film.file())
        #expect(run.info.video?.fieldOrder == "tt")
        #expect(run.plan.video?.picture.fields == .deinterlace)
        let probe = try await FFprobe(try run.rung(), countingFrames: true)
        #expect(probe.video?.fields["field_order"]?.string ?? "progressive" == "progressive")
        #expect(probe.video?.frameCount == 20)
    }

    /// The index counts uncompressed sound by samples.
    @Test(arguments: [false, true])
    func uncompressedSoundIsWholeOrCutOff(isCut: Bool) async throws {
        let film = Film {
            $0.container = "mov"
            $0.audioCodec = "pcm_s24le"
            $0.outputOptions = ["-movflags", "faststart"]
        }
        var file = try await film.file()
        let directory = try TemporaryDirectory()
        if isCut {
            let whole = try Data(contentsOf: file)
            file = directory.file("cut.mov")
            try whole.prefix(whole.count * 7 / 10).write(to: file)
        }
        let run = try await FilmRun(file)
        #expect(run.warnings.contains("truncatedSource") == isCut, "\(run.warnings)")
    }

    /// The storyboard is planned for what the file says; its pictures end before the first tile.
    @Test func aFilmThatBreaksOffEarlyHasAStoryboard() async throws {
        let film = Film {
            $0.frameCount = 50
            $0.audioCodec = nil
            $0.codec = "libsvtav1"
            $0.codecOptions = ["-preset", "12", "-g", "50", "-svtav1-params", "pred-struct=1"]
            $0.outputOptions = ["-movflags", "faststart"]
        }
        var bytes = try Data(contentsOf: try await film.file())
        bytes.resetBytes(in: bytes.count * 22 / 100..<bytes.count)
        let directory = try TemporaryDirectory()
        let damaged = directory.file("damaged.mp4")
        try bytes.write(to: damaged)
        let run = try await FilmRun(damaged)
        let probe = try await FFprobe(try run.file("mp4"), countingFrames: true)
        let count = try #require(probe.video?.frameCount)
        #expect((1..<12).contains(count), "\(count)")
        let sheet = try #require(try run.artifact("storyboard").companions.first)
        #expect(sheet.byteCount > 0)
    }

    @Test func aTruncatedFilmIsProcessedPartlyWithAWarning() async throws {
        let film = Film {
            $0.frameCount = 75; $0.container = "mkv"
        }
        let whole = try Data(contentsOf: try await film.file())
        let file = try await Fixtures.shared.file("cut.mkv") { url in
            try whole.prefix(whole.count * 6 / 10).write(to: url)
        }
        let run = try await FilmRun(file)
        #expect(run.warnings.contains("truncatedSource"))
        #expect(run.result.frameCount > 20)
        #expect(run.result.frameCount < 75)
    }

    /// Two recordings glued end to end, byte by byte, as cameras and downloaders leave them.
    @Test(arguments: ["ts", "mpg", "flv"])
    func aClockThatStartsAnewLosesNothing(container: String) async throws {
        let film = Film {
            $0.frameCount = 75
            $0.container = container
            $0.outputOptions = ["-output_ts_offset", "3"]
            if container == "mpg" {
                $0.codec = "mpeg2video"
                $0.codecOptions = ["-q:v", "2"]
                $0.audioCodec = "mp2"
                $0.outputOptions = ["-f", "vob"]
            }
        }
        let part = try Data(contentsOf: try await film.file())
        let file = try await Fixtures.shared.file("glued.\(container)") { url in
            // A second FLV has no header of its own in mid-stream.
            let second = container == "flv" ? part.dropFirst(13) : part[...]
            try (part + second).write(to: url)
        }
        let run = try await FilmRun(file)
        #expect(run.warnings.contains("clockRestarted"), "\(run.warnings)")
        let numbers = try await FrameCode.numbers(in: try run.rung())
        let all = Array(0..<75)
        #expect(numbers.compactMap(\.self) == all + all, "\(numbers)")
        #expect(abs(run.result.durationSeconds - 6) < 0.15, "\(run.result.durationSeconds)")
        // The second part's tones are heard with its frames.
        let times = try await FFprobe.presentationTimes(try run.file("mp4"), stream: "v:0")
        let tones = try await ToneCode.timeline(of: try run.file("mp4"), sampleRate: 16_000)
        #expect(abs(Double(tones.count) / 16_000 - (times.last ?? 0) - 0.04) < 0.1)
    }

    /// A picture every five seconds, with sound all the way, and a first one that is held longest.
    @Test func aSlideshowIsAsLongAsItsSound() async throws {
        let file = try await Fixtures.shared.file("slides.mp4") { url in
            try await Program("ffmpeg").run([
                "-v", "error", "-f", "lavfi", "-i", "testsrc2=size=320x180:rate=0.2:duration=20",
                "-f", "lavfi", "-i", "sine=frequency=440:duration=20", "-c:v", "libx264",
                "-preset", "veryfast", "-c:a", "aac", url.path,
            ])
        }
        let run = try await FilmRun(file)
        let output = try run.file("mp4")
        let times = try await FFprobe.presentationTimes(output, stream: "v:0")
        #expect(times.count == 4)
        for (found, wanted) in zip(times, [0.0, 5, 10, 15]) {
            #expect(abs(found - wanted) < 0.03, "\(times)")
        }
        let probe = try await FFprobe(output)
        #expect(abs((probe.durationSeconds ?? 0) - 20) < 0.1)
        #expect(abs(run.result.durationSeconds - 20) < 0.1)
    }

    /// Slow motion as phones record it: parts at 240 pictures a second among 30.
    @Test func slowMotionKeepsItsSlowPartsAndThinsItsFastOnes() async throws {
        let film = Film {
            $0.rate = "240"
            $0.frameCount = 480
            $0.audioCodec = nil
            $0.filter = "select='between(t,0.5,1)+not(mod(n,8))'"
            $0.outputOptions = ["-fps_mode", "vfr"]
        }
        let run = try await FilmRun(try await film.file())
        let times = try await FFprobe.presentationTimes(try run.rung(), stream: "v:0")
        let numbers = try await FrameCode.numbers(in: try run.rung()).compactMap(\.self)
        #expect(numbers.count == times.count)
        let slow = Set(numbers.filter { $0 < 116 || $0 > 244 })
        #expect(slow.isSuperset(of: (0..<480).filter { $0 % 8 == 0 && ($0 < 116 || $0 > 244) }))
        let fast = times.filter { $0 >= 0.52 && $0 < 0.98 }
        for (a, b) in zip(fast, fast.dropFirst()) {
            #expect((0.0149...0.034).contains(b - a), "\(a) \(b)")
        }
    }

    /// Rate, channels and pixels that change in mid-stream, as broadcasts do between programmes.
    @Test func aStreamThatChangesItsFormatGoesOn() async throws {
        let file = try await Fixtures.shared.file("formats.ts") { url in
            let place = try TemporaryDirectory("parts")
            var all = Data()
            for (index, part) in [("yuv420p", "48000", "2"), ("yuv422p", "32000", "1")].enumerated()
            {
                let piece = place.file("\(index).ts")
                try await Program("ffmpeg").run([
                    "-v", "error", "-f", "lavfi", "-i",
                    "testsrc2=size=320x180:rate=25:duration=2", "-f", "lavfi", "-i",
                    "sine=frequency=\(500 + 500 * index):sample_rate=48000:duration=2",
                    "-pix_fmt", part.0, "-c:v", "mpeg2video", "-q:v", "3", "-c:a", "mp2", "-ar",
                    part.1, "-ac", part.2, "-output_ts_offset", "\(2 * index)", piece.path,
                ])
                all += try Data(contentsOf: piece)
            }
            try all.write(to: url)
        }
        let run = try await FilmRun(file)
        #expect(abs(run.result.durationSeconds - 4) < 0.15, "\(run.result.durationSeconds)")
        #expect(run.result.frameCount >= 97)
        let sound = try await ToneCode.samples(of: try run.file("mp4"), sampleRate: 16_000)
        func crossings(_ range: Range<Int>) -> Int {
            let part = sound[range]
            return zip(part, part.dropFirst()).filter { $0 < 0 && $1 >= 0 }.count
        }
        // Half a second of each part.
        #expect(abs(crossings(12_000..<20_000) - 250) <= 3)
        #expect(abs(crossings(44_000..<52_000) - 500) <= 5)
    }

    @Test func aStreamThatChangesItsSizeIsShownWhole() async throws {
        let parts = try await withThrowingTaskGroup(of: (Int, URL).self) { group in
            for (index, size) in [(320, 180), (180, 320)].enumerated() {
                group.addTask {
                    let film = Film {
                        $0.width = size.0
                        $0.height = size.1
                        $0.frameCount = 25
                        $0.audioCodec = nil
                        $0.container = "ts"
                        $0.codec = "mpeg2video"
                        $0.codecOptions = ["-q:v", "2"]
                    }
                    return (index, try await film.file())
                }
            }
            var urls: [Int: URL] = [:]
            for try await (index, url) in group { urls[index] = url }
            return urls
        }
        let file = try await Fixtures.shared.file("change.ts") { url in
            let list = parts.keys.sorted().compactMap { parts[$0] }.map { "file '\($0.path)'\n" }
                .joined()
            let place = try TemporaryDirectory("list")
            try place.write(list, to: "list.txt")
            try await Program("ffmpeg").run(
                [
                    "-v", "error", "-f", "concat", "-safe", "0", "-i", place.file("list.txt").path,
                    "-c",
                    "copy", url.path,
                ])
        }
        let run = try await FilmRun(file)
        let video = try #require(try await FFprobe(try run.rung(), countingFrames: true).video)
        #expect(video.width == 320)
        #expect(video.height == 180)
        #expect((video.frameCount ?? 0) >= 48)
        // The second part stands upright in the middle, its code readable there.
        let inner = "crop=102:180:109:0"
        let numbers = try await FrameCode.numbers(in: try run.rung(), filter: inner)
        #expect(numbers.last == 24)
    }
}
