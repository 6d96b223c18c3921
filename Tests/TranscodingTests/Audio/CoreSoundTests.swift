import FFmpeg
import Foundation
import MediaModel
import Planning
import TestSupport
import Testing

@testable import Transcoding

/// HE-AAC: half the samples are in the packets, and twice as many come out. No encoder of it is free to
/// use here, but plain AAC whose header promises the extension is decoded as such: its upper half is
/// empty then. The header is written by ISO/IEC 14496-3, 1.6.2.1.
@Suite(.serialized) struct CoreSoundTests {
    /// Five seconds of tones at 24 kHz, which a decoder brings to 48 kHz.
    private static func file(_ container: String, picture: Bool) async throws -> URL {
        try await Fixtures.shared.file("core-\(picture).\(container)") { url in
            let tones = "aevalsrc=exprs='0.4*sin(2*PI*(400+100*floor(t))*t)':s=24000:d=5"
            let film = ["-f", "lavfi", "-i", "testsrc2=size=160x90:rate=25:duration=5"]
            try await Program("ffmpeg").run(
                ["-v", "error"] + (picture ? film : []) + [
                    "-f", "lavfi", "-i", tones, "-c:a", "aac", "-c:v", "libx264", "-preset",
                    "ultrafast", "-pix_fmt", "yuv420p", url.path,
                ])
            var boxes = try BoxFile(url)
            // AAC LC (2), 24 kHz (6), mono (1); then, as FFmpeg appends it, "no extension".
            let plain: [UInt8] = [0x13, 0x08, 0x56, 0xE5, 0x00]
            // SBR (5), 24 kHz (6), mono (1), to 48 kHz (3), of AAC LC (2).
            let extended: [UInt8] = [0x2B, 0x09, 0x88, 0x00, 0x00]
            try boxes.replace(plain, with: extended)
            try boxes.write()
        }
    }

    @Test func aRecordingKeepsItsLengthAndItsTones() async throws {
        let file = try await Self.file("m4a", picture: false)
        // Packets of 24 kHz that are heard at 48.
        #expect(try await FFprobe(file).audio?.sampleRate == 48_000)
        let run = try await CorpusRun(file)
        let told = run.info.durationSeconds ?? 0
        #expect(abs(told - 5) <= 0.05, "\(told) s")
        let output = try run.file("audio-m4a")
        let probe = try await FFprobe(output)
        #expect(abs((probe.durationSeconds ?? 0) - 5) <= 0.05, "\(probe.durationSeconds ?? 0)")
        let heard = try await ToneCode.seconds(in: output, window: 0.5)
        #expect(heard.prefix(10) == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4], "\(heard)")
    }

    @Test func aFilmsSoundStaysWithItsPicture() async throws {
        let file = try await Self.file("mp4", picture: true)
        // Packets of 24 kHz that are heard at 48.
        #expect(try await FFprobe(file).audio?.sampleRate == 48_000)
        let run = try await FilmRun(file)
        // The extension's own delay (962 samples) is not in a header made by hand: where FFmpeg's program
        // hears the changes is where they are.
        let wanted = try await ToneCode.changeTimes(in: file)
        #expect(wanted.keys.sorted() == [1, 2, 3, 4], "\(wanted)")
        for name in ["mp4", "hls"] {
            let output = try run.file(name)
            let changes = try await ToneCode.changeTimes(in: output)
            #expect(changes.keys.sorted() == [1, 2, 3, 4], "\(name): \(changes)")
            for (second, time) in changes {
                #expect(
                    abs(time - (wanted[second] ?? 0)) <= 0.005, "\(name): \(second) at \(time) s")
            }
            #expect(abs(try await FilmFacts(output).end - 5) <= 0.041)
        }
    }
}
