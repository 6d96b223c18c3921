import Foundation
import MediaModel
import TestSupport
import Testing

@testable import Transcoding

/// Shot changes, black and frozen stretches, held against FFmpeg's own detectors.
@Suite(.serialized) struct FilmAnalysisTests {
    /// Three shots, then black, then a picture that stands still; each three seconds.
    private func film() async throws -> URL {
        try await Fixtures.shared.file("analysis.mp4") { url in
            let size = "size=320x180:rate=25"
            try await Program("ffmpeg").run([
                "-v", "error", "-f", "lavfi", "-i", "testsrc2=\(size):duration=3",
                "-f", "lavfi", "-i", "testsrc2=\(size):duration=3,negate", "-f", "lavfi", "-i",
                "testsrc=\(size):duration=3",
                "-f", "lavfi", "-i", "color=black:\(size):duration=3",
                "-f", "lavfi", "-i", "smptebars=\(size):duration=3",
                "-filter_complex",
                "[0][1][2][3][4]concat=n=5,format=yuv420p[v]",
                "-map", "[v]", "-c:v", "libx264", "-qp", "10", "-preset", "ultrafast", url.path,
            ])
        }
    }

    @Test func shotsBlackAndFrozenStretchesAreFound() async throws {
        let file = try await film()
        let run = try await FilmRun(file)
        let analysis = try #require(run.analysis)
        #expect(analysis.sceneCuts.map { ($0 * 25).rounded() / 25 } == [3, 6, 9, 12])

        let black = try await detected(file, "blackdetect", "black_start:", "black_end:")
        #expect(analysis.black.count == 1 && black.count == 1)
        try expectSame(try #require(analysis.black.first), try #require(black.first))
        // Black stands still as well; `freezedetect` tells one stretch after the other.
        let frozen = try await detected(file, "freezedetect", "freeze_start: ", "freeze_end: ")
        #expect(analysis.frozen.count == 2)
        try expectSame(try #require(analysis.frozen.first), try #require(frozen.first))
    }

    @Test func aFilmThatIsBlackThroughoutSaysSo() async throws {
        let file = try await Fixtures.shared.file("black.mp4") { url in
            try await Program("ffmpeg").run([
                "-v", "error", "-f", "lavfi", "-i", "color=black:size=320x180:rate=25:duration=4",
                "-pix_fmt", "yuv420p", "-c:v", "libx264", url.path,
            ])
        }
        let run = try await FilmRun(file)
        #expect(run.warnings == ["mostlyBlack"])
        // There is a preview all the same.
        let hover = try await FFprobe(try run.file("hover"), countingFrames: true)
        #expect(hover.video?.frameCount == 100)
    }

    @Test func motionIsNoCut() {
        // A bright bar that wanders: every frame differs from the one before by the same amount.
        var analyser = FilmAnalyser()
        for frame in 0..<50 {
            let samples = (0..<96 * 54).map { UInt8($0 % 96 / 12 == frame % 8 ? 220 : 30) }
            let isCut = analyser.offer(LumaGrid(samples: samples), at: Double(frame) / 25)
            #expect(!isCut || frame == 1)
        }
    }

    @Test func onlyAMixtureIsATransition() {
        let one = LumaGrid(samples: (0..<400).map { UInt8($0 % 20 * 10) })
        let other = LumaGrid(samples: (0..<400).map { UInt8(200 - $0 / 20 * 10) })
        let half = LumaGrid(
            samples: zip(one.samples, other.samples).map { UInt8((Int($0) + Int($1)) / 2) })
        #expect(half.isMixture(of: one, and: other) > 0.95)
        #expect(one.isMixture(of: one, and: other) < 0.05)
        #expect(one.isMixture(of: one, and: one) == 0)
    }

    private func expectSame(_ found: TimeSpan, _ expected: TimeSpan) throws {
        #expect(abs(found.startSeconds - expected.startSeconds) <= 0.041)
        #expect(abs(found.endSeconds - expected.endSeconds) <= 0.081)
    }

    /// What one of FFmpeg's detectors logs.
    private func detected(
        _ file: URL, _ filter: String, _ start: String, _ end: String
    ) async throws -> [TimeSpan] {
        let text = try await Program("ffmpeg").result([
            "-v", "info", "-nostdin", "-i", file.path, "-vf", filter, "-f", "null", "-",
        ]).error
        func numbers(_ key: String) -> [Double] {
            text.components(separatedBy: key).dropFirst().compactMap {
                Double($0.prefix { $0.isNumber || $0 == "." })
            }
        }
        var ends = numbers(end)
        // A stretch that lasts to the end is not closed in the log.
        if ends.count < numbers(start).count { ends.append(15) }
        return zip(numbers(start), ends).map { TimeSpan(startSeconds: $0, endSeconds: $1) }
    }
}
