import Foundation
import MediaModel
import Planning
import TestSupport
import Testing

@testable import Transcoding

/// Interlaced and telecined films, tagged and untagged; FFmpeg's `idet` judges what came out.
@Suite(.serialized) struct FieldTests {
    /// Things that move sideways, so that fields of different moments show as combs.
    private static let motion =
        "testsrc2=size=720x576:rate=50:duration=4,format=yuv420p,"
        + "drawbox=x='mod(t*300,600)':y=200:w=60:h=300:color=white:t=fill"

    private func interlaced(_ name: String, _ options: [String]) async throws -> URL {
        try await Fixtures.shared.file(name) { url in
            try await Program("ffmpeg").run(
                [
                    "-v", "error", "-f", "lavfi", "-i", Self.motion, "-vf",
                    "tinterlace=interleave_top,setfield=prog",
                ] + options + [url.path])
        }
    }

    @Test func untaggedInterlaceIsFoundAndRemoved() async throws {
        let file = try await interlaced(
            "untagged-interlace.mp4", ["-c:v", "libx264", "-qp", "10", "-preset", "ultrafast"])
        let tagged = try await FFprobe(file)
        #expect(tagged.video?.fieldOrder ?? "progressive" == "progressive")
        let run = try await FilmRun(file)
        #expect(run.plan.video?.picture.fields == .deinterlace)
        #expect(run.plan.video?.picture.topFieldFirst == true)
        #expect(run.result.frameCount == 100)
        #expect(try await combed(file) > 50)
        #expect(try await combed(try run.rung()) <= 3)
    }

    /// The fields in the right order, whatever the container calls it: with the wrong one every
    /// second line comes from the other side of the movement. Judged against the 50 pictures a second
    /// that the fields were taken from.
    @Test(arguments: [
        ["top", "mov"], ["top", "mkv"], ["bottom", "mov"], ["bottom", "mkv"], ["bottom", "mpg"],
    ])
    func theFirstFieldIsTheFirst(format: [String]) async throws {
        let isTop = format[0] == "top"
        // QuickTime and Matroska from FFmpeg say "coded first, displayed second" here.
        let codec =
            format[1] == "mpg"
            ? ["mpeg2video", "-q:v", "2", "-flags", "+ilme+ildct"]
            : ["libx264", "-qp", "8", "-preset", "ultrafast", "-flags", "+ilme+ildct"]
        let file = try await Fixtures.shared.file("parity-\(format[0]).\(format[1])") { url in
            try await Program("ffmpeg").run(
                [
                    "-v", "error", "-f", "lavfi", "-i", Self.motion, "-vf",
                    "tinterlace=interleave_\(format[0]),setfield=\(isTop ? "tff" : "bff"),"
                        + "setparams=colorspace=bt709:color_primaries=bt709:color_trc=bt709",
                    "-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709",
                    "-c:v",
                ] + codec + [url.path])
        }
        let run = try await FilmRun(file)
        #expect(run.plan.video?.picture.fields == .deinterlace)
        #expect(run.plan.video?.picture.topFieldFirst == isTop, "\(run.info.video as Any)")
        // One picture for both fields: that of the first, in time.
        let rung = try run.rung()
        let result = try await Program("ffmpeg").result([
            "-v", "info", "-nostdin", "-allowed_extensions", "ALL", "-i", rung.path, "-f", "lavfi",
            "-i", Self.motion, "-lavfi",
            // Called what it is compared with: FFmpeg 7 converts what is called something else.
            "[1:v]setparams=colorspace=bt709:color_primaries=bt709:color_trc=bt709:range=tv,"
                + "select='not(mod(n,2))',setpts=N/25/TB,scale=\(run.size):flags=bicubic[r];"
                + "[0:v]setpts=N/25/TB[d];[d][r]psnr",
            "-frames:v", "90", "-f", "null", "-",
        ])
        let text = result.error.components(separatedBy: "PSNR y:").last ?? ""
        let psnr = try #require(Double(text.prefix { $0 != " " }), "\(result.error.suffix(500))")
        // The deinterlacer by itself reaches 36.8 dB here, and 28.2 with the order turned round.
        #expect(psnr > 31, "\(psnr) dB")
    }

    /// Whole pictures that are only stored as fields, as cameras and broadcasters do (PsF).
    @Test func segmentedFramesAreLeftAlone() async throws {
        let file = try await Fixtures.shared.file("segmented.mkv") { url in
            try await Program("ffmpeg").run([
                "-v", "error", "-f", "lavfi", "-i", Self.motion, "-vf",
                "select='not(mod(n,2))',setpts=N/25/TB,setfield=tff", "-r", "25", "-c:v", "libx264",
                "-qp", "10", "-preset", "ultrafast", "-flags", "+ilme+ildct", url.path,
            ])
        }
        let run = try await FilmRun(file)
        #expect(["tt", "tb"].contains(try await FFprobe(file).video?.fieldOrder))
        #expect(run.info.video?.fieldOrder == "tt")
        #expect(run.plan.video?.picture.fields == FieldRule.Treatment.none)
    }

    @Test func aProgressiveFilmOfTelevisionSizeIsLeftAlone() async throws {
        let file = try await Fixtures.shared.file("progressive-576.mp4") { url in
            try await Program("ffmpeg").run([
                "-v", "error", "-f", "lavfi", "-i", Self.motion, "-r", "25", "-c:v", "libx264",
                "-qp", "10", "-preset", "ultrafast", url.path,
            ])
        }
        let run = try await FilmRun(file)
        // A glance was enough.
        #expect(run.info.video?.fields == nil)
        #expect(run.plan.video?.picture.fields == FieldRule.Treatment.none)
    }

    /// 24 frames of film on 30 frames of video, with and without the tag.
    @Test(arguments: [true, false])
    func telecineGivesTheFilmsOwnFramesBack(isTagged: Bool) async throws {
        let film = Film {
            $0.width = 720
            $0.height = 480
            $0.rate = "24000/1001"
            $0.frameCount = 96
            $0.audioCodec = nil
            $0.codec = "mpeg2video"
            $0.codecOptions =
                ["-q:v", "2", "-g", "12"] + (isTagged ? ["-flags", "+ilme+ildct"] : [])
            $0.container = "mpg"
            $0.filter =
                "telecine=pattern=23:first_field=top"
                + (isTagged ? ",setfield=tff" : ",setfield=prog")
        }
        let run = try await FilmRun(try await film.file())
        #expect(run.plan.video?.picture.fields == .inverseTelecine, "\(run.info.video as Any)")
        #expect(run.plan.video?.frameRate == Ratio(24_000, 1001))
        let numbers = try await FrameCode.numbers(in: try run.rung())
        let known = numbers.compactMap { $0 }
        // The cycle's edges at both ends of the film may cost a frame.
        #expect(known.count >= 94 && numbers.count <= 97)
        #expect(Set(known).count >= 94)
        #expect(known == known.sorted())
        #expect(try await combed(try run.rung()) <= 3)
        #expect(abs(run.result.durationSeconds - film.duration) < 0.1)
    }

    /// Frames that `idet` finds interlaced.
    private func combed(_ file: URL) async throws -> Int {
        let playlist = file.pathExtension == "m3u8" ? ["-allowed_extensions", "ALL"] : []
        let text = try await Program("ffmpeg").result(
            ["-v", "info", "-nostdin"] + playlist + [
                "-i", file.path, "-map", "0:v:0", "-vf", "idet", "-f", "null", "-",
            ]
        ).error
        let line = try #require(
            text.split(separator: "\n").last { $0.contains("Multi frame detection") })
        func number(_ key: String) -> Int {
            guard let range = line.range(of: key) else { return 0 }
            return Int(
                line[range.upperBound...].drop { $0 == " " }.prefix { $0.isNumber }) ?? 0
        }
        return number("TFF:") + number("BFF:")
    }
}

extension FilmRun {
    /// Of the largest rung, as a filter wants it.
    fileprivate var size: String {
        let size = plan.video?.rungs[0].size ?? PixelSize(width: 2, height: 2)
        return "\(size.width):\(size.height)"
    }
}
