import FFmpeg
import Foundation
import MediaModel
import Planning
import TestSupport
import Testing

@testable import Transcoding

@Suite struct MediaProbeTests {
    @Test func aSongWithACoverIsASong() async throws {
        let song = Song {
            $0.hasCover = true; $0.seconds = 2
        }
        let info = try await FilmRun.probe(try await song.file())
        #expect(info.kind == .audio)
        #expect(info.video == nil)
        #expect(info.coverStreamIndex == 1)
        #expect(info.mediaType.hasPrefix("audio/"))
    }

    @Test func anMP4WithoutPictureIsASong() async throws {
        let song = Song {
            $0.codec = "aac"; $0.container = "mp4"; $0.seconds = 2
        }
        let info = try await FilmRun.probe(try await song.file())
        #expect(info.kind == .audio)
        #expect(info.mediaType == "audio/mp4")
        let audio = try #require(info.audio)
        // The encoder's priming is not presented.
        #expect(abs(audio.startSeconds) < 0.001)
        #expect(abs(audio.endSeconds - 2) < 0.03)
    }

    @Test(arguments: [
        ("24000/1001", Ratio(24_000, 1001)), ("25", Ratio(25, 1)),
        ("30000/1001", Ratio(30_000, 1001)), ("60", Ratio(60, 1)),
    ])
    func standardRatesAreRecognisedThroughMillisecondTimestamps(
        rate: String, expected: Ratio
    ) async throws {
        let film = Film {
            $0.rate = rate
            $0.container = "mkv"
            $0.frameCount = 150
            $0.audioCodec = nil
        }
        let info = try await FilmRun.probe(try await film.file())
        let video = try #require(info.video)
        #expect(video.frameRate == expected)
        #expect(!video.isVariableFrameRate)
        #expect(video.frameCount == 150)
        #expect(abs((info.durationSeconds ?? 0) - film.duration) < 0.005)
    }

    /// FFmpeg could decode it, but nobody exports films so, and the code is for nobody's eyes.
    @Test func aDecoderThatUploadsDoNotGetIsARefusalThatSaysSo() async throws {
        let film = Film {
            $0.codec = "asv1"
            $0.container = "mkv"
            $0.frameCount = 5
            $0.audioCodec = nil
        }
        let file = try await film.file()
        let failure = try await #require(throws: Failure.self) { try await FilmRun.probe(file) }
        #expect(failure.kind == .unsupported && failure.code == "noDecoder")
        #expect(failure.operatorText.contains("asv1 is not among those"))
    }

    @Test func hiddenReferenceFramesOfVP9AreNotCounted() async throws {
        let film = Film {
            $0.codec = "libvpx-vp9"
            $0.codecOptions = ["-auto-alt-ref", "1", "-lag-in-frames", "16", "-cpu-used", "5"]
            $0.container = "webm"
            $0.audioCodec = nil
            $0.frameCount = 60
        }
        let info = try await FilmRun.probe(try await film.file())
        #expect(info.video?.frameCount == 60)
        #expect(info.video?.isVariableFrameRate == false)
        // show_frame = 0 in profile 0, outside a superframe.
        #expect(!HiddenFrame.isShownVP9(0b1000_0000, 0))
        #expect(HiddenFrame.isShownVP9(0b1000_0010, 0))
        #expect(HiddenFrame.isShownVP9(0b1000_1000, 0))
        #expect(!HiddenFrame.isShownVP8(0x01))
    }

    @Test func encryptedTracksAreRefusedAsSuch() async throws {
        let film = Film {
            $0.frameCount = 10; $0.audioCodec = nil
        }
        var data = try Data(contentsOf: try await film.file())
        let table = try #require(data.firstRange(of: Data("stsd".utf8)))
        let entry = try #require(
            data[table.upperBound...].firstRange(of: Data("avc1".utf8)))
        data.replaceSubrange(entry, with: Data("encv".utf8))
        let file = try await Fixtures.shared.file("encrypted.mp4") { [data] in
            try data.write(to: $0)
        }
        let failure = await #expect(throws: Failure.self) { try await FilmRun.probe(file) }
        #expect(failure?.code == "encrypted")
        #expect(failure?.kind == .invalidMedia)
    }

    @Test func largePicturesAreRefusedBeforeTheyAreDecoded() async throws {
        let film = Film {
            $0.frameCount = 10; $0.audioCodec = nil
        }
        var limits = Limits()
        limits.videoPixels = 1000
        let file = try await film.file()
        let failure = await #expect(throws: Failure.self) {
            try await FilmRun.probe(file, limits: limits)
        }
        #expect(failure?.kind == .limitExceeded)
        #expect(failure?.operatorText.contains("videoPixels") == true)
    }

    @Test func noiseBehindAValidHeaderEndsInAFailure() async throws {
        let film = Film {
            $0.frameCount = 40; $0.audioCodec = nil; $0.container = "mkv"
        }
        var data = try Data(contentsOf: try await film.file())
        var state: UInt32 = 7
        for index in stride(from: 3000, to: data.count, by: 3) {
            state = state &* 1_664_525 &+ 1_013_904_223
            data[index] = UInt8(truncatingIfNeeded: state >> 24)
        }
        let file = try await Fixtures.shared.file("noise.mkv") { [data] in try data.write(to: $0) }
        do {
            let info = try await FilmRun.probe(file)
            #expect(!info.warnings.isEmpty || info.video?.frameCount != 40)
        } catch let failure as Failure {
            #expect(failure.kind == .invalidMedia)
        }
    }

    @Test(
        .enabled("skipped: no corpus at ../shared/corpus") { TestSupport.Corpus.directory != nil },
        arguments: [
            ("video-fragmented-absurd-duration.mp4", 1.09, 0),
            ("video-vp9-no-duration.webm", 4.94, 0),
            ("video-firstpts-10s-anamorphic.mp4", 4.0, 0), ("video-h264-rot90.mp4", 5.23, 90),
            ("video-h264-camera-pixel7-rot180-fullrange-noaudio.mp4", 1.2, 180),
        ])
    func realFilmsAreMeasuredAndNotBelieved(
        name: String, seconds: Double, rotation: Int
    ) async throws {
        let file = try #require(TestSupport.Corpus.file(name))
        let info = try await FilmRun.probe(file)
        #expect(abs((info.durationSeconds ?? 0) - seconds) < 0.1)
        #expect(info.video?.rotation == rotation)
    }

    @Test(
        .enabled("skipped: no corpus at ../shared/corpus") { TestSupport.Corpus.directory != nil },
        arguments: [
            ("broken-mp4-encrypted-widevine.mp4", "encrypted"),
            ("broken-vp9-bitstream.webm", "noDecodableFrames"),
            ("broken-m4b-truncated-after-moov.m4b", "noDecodableFrames"),
            ("broken-mp4-moov-not-found.mp4", "unreadable"),
            ("video-av1-dolbyvision10-4k.mp4", "noDecoder"),
        ])
    func brokenFilmsAreRefusedWithTheirReason(name: String, code: String) async throws {
        let file = try #require(TestSupport.Corpus.file(name))
        let failure = await #expect(throws: Failure.self) { try await FilmRun.probe(file) }
        #expect(failure?.code == code)
    }

    /// FFmpeg has a decoder of H.266 since version 7.
    @Test(
        .enabled("skipped: no corpus at ../shared/corpus") { TestSupport.Corpus.directory != nil })
    func whatOnlyNewerLibrariesDecodeIsReadOrRefusedWithItsReason() async throws {
        let file = try #require(TestSupport.Corpus.file("video-vvc-h266.mp4"))
        let decoders = try await Program("ffmpeg").result(["-v", "error", "-decoders"]).text
        if decoders.contains(" vvc ") {
            let info = try await FilmRun.probe(file)
            #expect(info.video?.codec == "vvc" && info.video?.frameCount == 120)
            #expect(info.durationSeconds == 5)
        } else {
            let failure = await #expect(throws: Failure.self) { try await FilmRun.probe(file) }
            #expect(failure?.code == "noDecoder")
        }
    }
}
