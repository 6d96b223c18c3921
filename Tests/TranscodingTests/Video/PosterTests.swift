import Foundation
import MediaModel
import TestSupport
import Testing

@testable import Transcoding

/// Which moments stand for a film, read from the frames' own numbers.
@Suite(.serialized) struct PosterTests {
    private func numbers(of artifacts: [Artifact], in run: FilmRun) async throws -> [Int] {
        var numbers: [Int] = []
        for artifact in artifacts {
            let found = try await FrameCode.numbers(in: run.directory.file(artifact.file.path))
            numbers.append(try #require(found.first ?? nil))
        }
        return numbers
    }

    @Test func otherMomentsAreKeptForWhoeverChooses() async throws {
        let film = Film {
            $0.frameCount = 200; $0.audioCodec = nil
        }
        let run = try await FilmRun(try await film.file())
        let alternatives = run.artifacts.filter { $0.description.role == .candidate }
        #expect(alternatives.count == 3)
        let shown = try await numbers(of: alternatives, in: run)
        // Each says which moment it shows, and they differ by a tenth of the film.
        for (artifact, number) in zip(alternatives, shown) {
            let seconds = try #require(artifact.description.atSeconds)
            #expect(Int((seconds * 25).rounded()) == number)
        }
        let poster = try #require(run.artifacts.first { $0.description.role == .poster })
        let moment = try #require(poster.description.atSeconds)
        let all = (shown + [Int((moment * 25).rounded())]).sorted()
        for (a, b) in zip(all, all.dropFirst()) { #expect(b - a >= 20) }
    }

    @Test func theSameFilmGetsTheSamePosterAgain() async throws {
        let film = Film {
            $0.frameCount = 200; $0.audioCodec = nil
        }
        let file = try await film.file()
        let first = try await FilmRun(file)
        let second = try await FilmRun(file)
        func digests(_ run: FilmRun) -> [String] {
            run.artifacts.filter { [.poster, .candidate, .share].contains($0.description.role) }
                .map(\.file.sha256).sorted()
        }
        #expect(digests(first) == digests(second))
    }

    /// Between dark ends the film dissolves for most of its time; only short stretches show one
    /// picture clearly.
    @Test func theMiddleOfADissolveIsNoPoster() async throws {
        let file = try await Fixtures.shared.file("dissolves.mp4") { url in
            let size = "size=320x180:rate=25:duration=10"
            try await Program("ffmpeg").run([
                "-v", "error", "-f", "lavfi", "-i", "testsrc=\(size)", "-f", "lavfi", "-i",
                "smptehdbars=\(size)", "-filter_complex",
                // 0–3 s the first; 3–5 s dissolve; 5–6 s the second; 6–9 s dissolve to black.
                "[0]trim=end=5,setpts=PTS-STARTPTS,fps=25[a];"
                    + "[1]trim=end=5,setpts=PTS-STARTPTS,fps=25[b];"
                    + "[a][b]xfade=transition=fade:duration=2:offset=3,"
                    + "fade=out:st=6:d=2,format=yuv420p[v]",
                "-map", "[v]", "-c:v", "libx264", "-qp", "12", "-preset", "ultrafast", url.path,
            ])
        }
        let run = try await FilmRun(file)
        let poster = try #require(run.artifacts.first { $0.description.role == .poster })
        let seconds = try #require(poster.description.atSeconds)
        #expect((0...3.1).contains(seconds) || (4.9...6.1).contains(seconds), "\(seconds) s")
    }

    @Test func aSharpMomentBeatsBlurredOnes() async throws {
        let film = Film {
            $0.frameCount = 150
            $0.audioCodec = nil
            $0.filter = "gblur=sigma=12:enable='not(between(t,3,3.6))'"
        }
        let run = try await FilmRun(try await film.file())
        let poster = try #require(run.artifacts.first { $0.description.role == .poster })
        let seconds = try #require(poster.description.atSeconds)
        #expect((3...3.61).contains(seconds), "\(seconds) s")
    }
}
