import Foundation
import MediaModel
import Planning
import TestSupport
import Testing

@testable import Transcoding

/// Captions that are not clean text: letters of another encoding, and those that are hidden in the
/// picture or in a track as television has them. They come out, or it is said that they do not.
@Suite(.serialized) struct CaptionSourceTests {
    /// Subtitles as old editors save them, byte by byte in ISO 8859-1, put into the film untouched.
    @Test func lettersOfAnotherEncodingNeverBreakTheFilm() async throws {
        let picture = try await Film { $0.frameCount = 75 }.file()
        let directory = try TemporaryDirectory("latin")
        let lines = "1\n00:00:00,500 --> 00:00:01,250\nGr\u{FC}\u{DF}e\n\n"
        let plain = "2\n00:00:01,500 --> 00:00:02,000\nplain\n\n"
        let text = directory.file("latin.srt")
        let data = try #require((lines + plain).data(using: .isoLatin1))
        try data.write(to: text)
        let source = directory.file("latin.mkv")
        try await Program("ffmpeg").run([
            "-v", "error", "-i", picture.path, "-i", text.path, "-map", "0:v", "-map", "1:s", "-c",
            "copy", source.path,
        ])
        // The fixture's bytes are no UTF-8.
        let raw = try Data(contentsOf: source)
        #expect(raw.range(of: Data([0x47, 0x72, 0xFC, 0xDF, 0x65])) != nil)

        let run = try await FilmRun(source)
        #expect(try await FFprobe(try run.file("hls")).video != nil)
        print("latin captions: \(run.warnings)")
        let track = run.artifacts.first { $0.description.role == .captions }
        let written = try track.map {
            try String(contentsOf: run.directory.file($0.file.path), encoding: .utf8)
        }
        // What could be read is there.
        #expect(written?.contains("plain") == true, "\(run.warnings)")
        // What could not is either put right or told.
        let isWhole = written?.contains("Gr\u{FC}\u{DF}e") == true
        #expect(isWhole || run.warnings.contains { $0.lowercased().contains("subtitle") })
        #expect(written?.contains("\u{FFFD}") != true || !run.warnings.isEmpty)
    }

    /// CEA-608 in a track of its own, as QuickTime files of broadcasters have it.
    @Test func aTrackOfTelevisionCaptionsIsShownOrTold() async throws {
        let picture = try await Film { $0.frameCount = 75 }.file()
        let directory = try TemporaryDirectory("captions-608")
        // Pop-on: load, row, "HELLO", show; then clear. Each byte has odd parity.
        let text = try directory.write(
            """
            Scenarist_SCC V1.0

            00:00:00:15\t9420 9420 9470 9470 c845 4c4c 4f80 942f 942f

            00:00:02:00\t942c 942c

            """, to: "a.scc")
        let source = directory.file("captions.mov")
        try await Program("ffmpeg").run([
            "-v", "error", "-i", picture.path, "-i", text.path, "-map", "0:v", "-map", "0:a",
            "-map", "1:s", "-c", "copy", source.path,
        ])
        let tracks = try await FFprobe(source).streams.map { $0.codec ?? "" }
        #expect(tracks.contains("eia_608"), "\(tracks)")
        try await expectShownOrTold(source, saying: "HELLO")
    }

    /// CEA-608 among the pictures' own user data (ATSC A/53, part 4, 6.2.3), as broadcasts have it.
    @Test func captionsInsideThePictureAreShownOrTold() async throws {
        let directory = try TemporaryDirectory("captions-a53")
        let plain = directory.file("plain.m2v")
        try await Program("ffmpeg").run([
            "-v", "error", "-f", "lavfi", "-i", "testsrc2=size=320x180:rate=30000/1001:duration=3",
            "-c:v", "mpeg2video", "-q:v", "4", "-g", "15", "-bf", "0", plain.path,
        ])
        var words: [[UInt8]] = [
            [0x94, 0x20], [0x94, 0x20], [0x94, 0x70], [0x94, 0x70], [0xC8, 0x45], [0x4C, 0x4C],
            [0x4F, 0x80], [0x94, 0x2F], [0x94, 0x2F],
        ]
        words += Array(repeating: [0x80, 0x80], count: 45) + [[0x94, 0x2C], [0x94, 0x2C]]
        let captioned = try directory.write(
            Self.withCaptions([UInt8](try Data(contentsOf: plain)), words), to: "captioned.m2v")
        let source = directory.file("captions.ts")
        try await Program("ffmpeg").run([
            "-v", "error", "-i", captioned.path, "-c", "copy", "-bsf:v",
            "setts=ts=N*3003:time_base=1/90000", source.path,
        ])
        let seen = try await Program("ffprobe").run([
            "-v", "error", "-select_streams", "v:0", "-read_intervals", "%+#3", "-show_entries",
            "frame_side_data=side_data_type", "-of", "csv=p=0", source.path,
        ])
        #expect(
            String(decoding: seen, as: UTF8.self).contains("Closed Captions"),
            "the fixture has captions")
        try await expectShownOrTold(source, saying: "HELLO")
    }

    /// User data behind every picture's headers: one word of field 1 each.
    private static func withCaptions(_ stream: [UInt8], _ words: [[UInt8]]) -> Data {
        var result = Data()
        var picture = -1
        var isDue = false
        for (index, byte) in stream.enumerated() {
            let isStart =
                index + 3 < stream.count && stream[index] == 0 && stream[index + 1] == 0
                && stream[index + 2] == 1
            if isStart, stream[index + 3] == 0 {
                picture += 1
                isDue = true
            } else if isStart, isDue, (0x01...0xAF).contains(stream[index + 3]) {
                // The first slice.
                isDue = false
                let word = words.indices.contains(picture) ? words[picture] : [0x80, 0x80]
                result += Data([0, 0, 1, 0xB2]) + Data("GA94".utf8)
                // Captions, one word of them, of field 1; then the end.
                result += Data([0x03, 0x41, 0xFF, 0xFC]) + Data(word) + Data([0xFF])
            }
            result.append(byte)
        }
        return result
    }

    private func expectShownOrTold(_ source: URL, saying text: String) async throws {
        let run = try await FilmRun(source)
        let tracks = try run.artifacts.filter { $0.description.role == .captions }.map {
            try String(contentsOf: run.directory.file($0.file.path), encoding: .utf8)
        }
        print("television captions: \(run.warnings), \(tracks)")
        let isTold = run.warnings.contains {
            let code = $0.lowercased()
            return code.contains("caption") || code.contains("subtitle")
        }
        #expect(
            tracks.contains { $0.contains(text) } || isTold,
            "captions are lost without a word: \(run.warnings)")
    }
}
