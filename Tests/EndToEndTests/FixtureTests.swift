import Foundation
import TestSupport
import Testing

/// The evidence that the other tests rest on, checked first.
struct FixtureTests {
    @Test func everyFrameOfAFilmCarriesItsNumber() async throws {
        let film = Film { $0.frameCount = 60 }
        let numbers = try await FrameCode.numbers(in: film.file())
        #expect(numbers == Array(0..<60))
    }

    @Test func frameNumbersSurviveScalingAndCompression() async throws {
        let film = Film {
            $0.frameCount = 10; $0.codecOptions = ["-preset", "ultrafast", "-crf", "40"]
        }
        let numbers = try await FrameCode.numbers(in: film.file(), filter: "scale=160:90")
        #expect(numbers == Array(0..<10))
    }

    @Test func aFrameWithoutCodeHasNoNumber() {
        #expect(FrameCode.number(cells: Array(repeating: 128, count: 24)) == nil)
        #expect(FrameCode.number(cells: FrameCode.cells(2730)) == 2730)
    }

    @Test func everySecondOfASongHasItsTone() async throws {
        let song = Song { $0.seconds = 4 }
        #expect(try await ToneCode.seconds(in: song.file()).prefix(4) == [0, 1, 2, 3])
    }

    @Test func silenceHasNoTone() async throws {
        let directory = try TemporaryDirectory("silence")
        let file = directory.file("silence.wav")
        try await Program("ffmpeg").run(
            ["-v", "error", "-f", "lavfi", "-i", "anullsrc=d=2", file.path])
        #expect(try await ToneCode.seconds(in: file) == [nil, nil])
    }

    @Test(arguments: 1...8)
    func cornersAreSeenRightInEveryOrientation(orientation: Int) async throws {
        let still = Still { $0.orientation = orientation }
        let directory = try TemporaryDirectory("upright")
        let upright = directory.file("upright.png")
        try await Program("vips").run(["autorot", still.file().path, upright.path])
        let pixels = try await Pixels(upright)
        let near = { (x: Int, y: Int, colour: [UInt8]) in
            zip(pixels.pixel(x: x, y: y), colour).allSatisfy { abs(Int($0) - Int($1)) < 12 }
        }
        #expect(near(5, 5, Still.upperLeft))
        #expect(near(pixels.width - 6, 5, Still.upperRight))
        #expect(near(pixels.width - 6, pixels.height - 6, Still.lowerRight))
        #expect(near(5, pixels.height - 6, Still.lowerLeft))
    }

    @Test func cameraMetadataIsInTheFixture() async throws {
        let tags = try await ExifTool(Still { $0.hasCameraMetadata = true }.file())
        #expect(tags.privateTags.contains { $0.hasSuffix("GPSLatitude") })
        #expect(tags.privateTags.contains { $0.hasSuffix("SerialNumber") })
        #expect(tags.tags["EXIF:Copyright"] == Still.copyright)
    }

    @Test func aTransparentFixtureHasAlpha() async throws {
        let header = try await VipsHeader(
            Still {
                $0.hasAlpha = true; $0.format = .png
            }.file())
        #expect(header.bands == 4)
    }

    @Test func aSongWithCoverHasOneAttachedPicture() async throws {
        let probe = try await FFprobe(Song { $0.hasCover = true }.file())
        #expect(probe.video?.fields["disposition"]?["attached_pic"]?.int == 1)
        #expect(probe.audio?.codec == "mp3")
    }

    @Test func aProgramThatHangsIsEnded() async throws {
        await #expect(throws: ProgramError.self) {
            try await Program("sleep").run(["60"], atMost: .milliseconds(200))
        }
    }

    @Test func aProgramThatFailsSaysWhy() async throws {
        let result = try await Program("ffprobe").result(["/nowhere/at/all.mp4"])
        #expect(result.termination == .exited(1))
        #expect(result.error.contains("No such file"))
    }
}
