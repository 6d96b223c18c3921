import FFmpeg
import Foundation
import Glibc
import MediaModel
import Planning
import TestSupport
import Testing

@testable import Transcoding

/// The gate's comparison with the plan: size, colour, count, length, storyboard.
@Suite(.serialized) struct GatePlanTests {
    private static func run() async throws -> FilmRun {
        try await FilmRun(
            try await Film {
                $0.width = 640; $0.height = 360; $0.frameCount = 75
            }.file())
    }

    private func failure(_ body: () throws -> Void) -> String {
        do {
            try body()
            return ""
        } catch {
            return "\(error)"
        }
    }

    private func scratch(of run: FilmRun) throws -> ScratchDirectory {
        ScratchDirectory(
            descriptor: unsafe open(run.directory.url.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC))
    }

    private func verify(
        _ run: FilmRun, frames: Int = 75, end: Double = 3,
        _ change: (inout VideoPlan, inout [SegmentedTrack]) -> Void = { _, _ in }
    ) throws {
        var plan = try #require(run.plan.video)
        var tracks = run.result.tracks
        change(&plan, &tracks)
        try VideoVerifier(
            plan: plan, frameCount: frames, endSeconds: end, scratch: try scratch(of: run),
            interrupt: Interrupt()
        ).verify(tracks)
    }

    @Test func whatIsNotAsPlannedIsCaught() async throws {
        let run = try await Self.run()
        try verify(run)
        #expect(throws: Failure.self, "a frame less") { try verify(run, frames: 76) }
        #expect(throws: Failure.self, "a shorter film") { try verify(run, end: 4) }
        #expect(throws: Failure.self, "a rung missing") { try verify(run) { $1.removeLast() } }
        #expect(throws: Failure.self, "another size") {
            try verify(run) { plan, _ in plan.rungs[1].size.width += 2 }
        }
        #expect(throws: Failure.self, "another level") {
            try verify(run) { plan, _ in plan.rungs[0].level = 51 }
        }
        #expect(throws: Failure.self, "another codec") {
            try verify(run) { plan, _ in plan.rungs[0].encoder = "libx265" }
        }
        #expect(throws: Failure.self, "rungs that break elsewhere") {
            try verify(run) { $1[1].segments.removeLast() }
        }
    }

    @Test func untaggedColourIsCaught() async throws {
        let run = try await Self.run()
        let plain = try await Fixtures.shared.file("untagged.mp4") { url in
            try await Program("ffmpeg").run([
                "-v", "error", "-f", "lavfi", "-i", "testsrc2=size=640x360:rate=25:duration=3",
                "-c:v",
                "libx264", "-preset", "superfast", "-pix_fmt", "yuv420p", "-g", "25",
                "-sc_threshold", "0", "-level", "3.0", url.path,
            ])
        }
        let test = try TestScratch("untagged")
        let track = try segment(plain, stream: 0, as: "video-360p", every: 1, into: test.scratch)
        var plan = try #require(run.plan.video)
        plan.rungs = [plan.rungs[0]]
        let text = failure {
            try VideoVerifier(
                plan: plan, frameCount: 75, endSeconds: 3, scratch: test.scratch,
                interrupt: Interrupt()
            ).verify([track])
        }
        #expect(text.contains("primaries is none instead of bt709"), "\(text)")
        #expect(text.contains("matrix is none instead of bt709"), "\(text)")
    }

    @Test func storyboardsWithoutATileOrASheetAreCaught() async throws {
        let run = try await Self.run()
        let plan = try #require(run.plan.video?.storyboard)
        let artifact = try run.artifact("storyboard")
        let place = try scratch(of: run)
        func verify(_ artifact: Artifact) throws {
            try StoryboardVerifier.verify(
                artifact, plan: plan, durationSeconds: 3, scratch: place)
        }
        try verify(artifact)

        // The same sheet without its last tile, recorded as it is.
        let sheet = try #require(artifact.companions.first)
        let narrow = run.directory.file("narrow.jpg")
        try await Program("vips").run([
            "crop", run.directory.file(sheet.path).path, narrow.path, "0", "0",
            "\(plan.tileSize.width * 2)", "\(plan.tileSize.height)",
        ])
        let whole = try Data(contentsOf: run.directory.file(sheet.path))
        try Data(contentsOf: narrow).write(to: run.directory.file(sheet.path))
        var damaged = artifact
        damaged.companions = [try place.measure(sheet.path)]
        #expect(failure { try verify(damaged) }.contains("of a sheet"))
        #expect(throws: Failure.self, "changed bytes") { try verify(artifact) }
        try whole.write(to: run.directory.file(sheet.path))

        // A track that ends a second early, recorded as it is.
        let track = run.directory.file(artifact.file.path)
        let text = try String(contentsOf: track, encoding: .utf8)
        try text.components(separatedBy: "\n\n").dropLast().joined(separator: "\n\n")
            .write(to: track, atomically: true, encoding: .utf8)
        damaged = artifact
        damaged.file = try place.measure(artifact.file.path)
        #expect(failure { try verify(damaged) }.contains("tiles up to 2"))
        try text.replacing(sheet.path, with: "storyboard-1.jpg")
            .write(to: track, atomically: true, encoding: .utf8)
        damaged.file = try place.measure(artifact.file.path)
        #expect(failure { try verify(damaged) }.contains("the sheet storyboard-1.jpg"))
        try text.write(to: track, atomically: true, encoding: .utf8)

        try FileManager.default.removeItem(at: run.directory.file(sheet.path))
        #expect(throws: Failure.self, "a sheet missing") { try verify(artifact) }
    }
}
