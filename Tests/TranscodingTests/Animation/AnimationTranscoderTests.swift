import Foundation
import MediaModel
import Planning
import TestSupport
import Testing
import Vips

@testable import Transcoding

/// Animated GIF, PNG, WebP and AVIF: every frame, for as long as it should be seen.
@Suite struct AnimationTranscoderTests {
    let run: AnimationRun

    init() throws {
        run = try AnimationRun()
    }

    /// Keeps both files, whichever is smaller, so that both can be looked at.
    private func keepBoth(_ plan: inout AnimationPlan) {
        plan.choice = AnimationChoice(sourceByteCount: .max, prefersWebP: true)
    }

    @Test(arguments: ["gif", "apng", "apng-palette", "apng-deep", "apng-hidden", "webp"])
    func everyFrameIsThereForAsLongAsItShouldBe(kind: String) throws {
        let source = try run.made(kind)
        try run.run(source, change: keepBoth)
        #expect(run.info?.kind == .animation)
        #expect(run.info?.image?.pageCount == 6)
        #expect(run.info?.image?.animation?.plays == 4)
        // 0 ms are shown for 100, as browsers do.
        let delays = [100, 70, 100, 250, 30, 40]
        #expect(run.info?.durationSeconds == 0.59)
        let webp = try #require(run.file("animation.webp"))
        let found = try AnimationRun.webp(webp)
        #expect(found.plays == 4)
        #expect(found.delays == delays)
        // A picture that no reader takes for a palette's: Pillow errs with those.
        let truth = kind.hasPrefix("apng") ? try run.made("apng") : source
        #expect(try AnimationRun.differences(truth, webp) == [0, 0, 0, 0, 0, 0])
        if let film = run.file("animation.mp4") {
            #expect(try AnimationRun.packetDelays(film) == delays)
        }
    }

    @Test func theFilmShowsTheSameFramesInTheRightColours() async throws {
        let source = try run.made("gif")
        try run.run(source) {
            $0.choice = AnimationChoice(sourceByteCount: .max, prefersWebP: false)
            $0.webp = nil
        }
        let film = try #require(run.file("animation.mp4"))
        #expect(try await FrameCode.numbers(in: film) == [0, 1, 2, 3, 4, 5])
        #expect(try AnimationRun.packetDelays(film) == [100, 70, 100, 250, 30, 40])
        let probe = try await FFprobe(film)
        #expect(probe.video?.codec == "h264")
        #expect(probe.video?.pixelFormat == "yuv420p")
        #expect(probe.video?.colorSpace == "bt709")
        // The middle of the last frame, and of the fifth, which is transparent there.
        for (frame, expected) in [(5, [30, 160, 30]), (4, [255, 255, 255]), (0, [30, 30, 200])] {
            let picture = run.fixture("\(frame).png")
            try Oracle.run(
                "ffmpeg",
                [
                    "-v", "error", "-i", film.path, "-vf",
                    "select=eq(n\\,\(frame)),scale=in_color_matrix=bt709", "-frames:v", "1",
                    picture.path,
                ])
            let image = try Image.load(
                Source(bytes: [UInt8](Data(contentsOf: picture))), with: .png)
            #expect(isNear(try pixel(image, 0.5, 0.6), expected, within: 6), "frame \(frame)")
        }
    }

    @Test(arguments: [("gif", 4), ("gif-once", 1)])
    func theLoopCountIsThatOfTheFile(kind: String, plays: Int) throws {
        try run.run(try run.made(kind), change: keepBoth)
        let webp = try #require(run.file("animation.webp"))
        #expect(try AnimationRun.webp(webp).plays == plays)
    }

    @Test func anOddSizeIsMadeEvenByRepeatingTheEdge() async throws {
        let source = run.fixture("odd.gif")
        try Oracle.run(
            "ffmpeg",
            [
                "-v", "error", "-f", "lavfi", "-i",
                "color=red:size=101x51:rate=10:duration=0.3,format=rgb24", "-f", "lavfi", "-i",
                "color=blue:size=101x51:rate=10:duration=0.3,format=rgb24", "-filter_complex",
                "concat=n=2", source.path,
            ])
        try run.run(source) { $0.webp = nil }
        let film = try #require(run.file("animation.mp4"))
        let probe = try await FFprobe(film)
        #expect(probe.video?.width == 102 && probe.video?.height == 52)
        let picture = run.fixture("last.png")
        try Oracle.run(
            "ffmpeg",
            ["-v", "error", "-i", film.path, "-frames:v", "1", picture.path])
        let image = try Image.load(Source(bytes: [UInt8](Data(contentsOf: picture))), with: .png)
        #expect(isNear(try pixel(image, 1, 1), [254, 0, 0], within: 12))
    }

    /// Its two tracks are colour and transparency.
    @Test func anAVIFSequenceKeepsItsFramesAndItsTransparency() throws {
        let source = run.fixture("a.avif")
        try Oracle.run(
            "ffmpeg",
            [
                "-v", "error", "-f", "lavfi", "-i",
                "color=lime:size=64x48:rate=10:duration=0.3,format=rgba", "-f", "lavfi", "-i",
                "color=red@0.5:size=64x48:rate=10:duration=0.3,format=rgba", "-filter_complex",
                "[0][1]concat=n=2,split[a][b];[b]alphaextract[m];[a]format=yuv444p[c]", "-map",
                "[c]", "-map", "[m]", "-c:v", "libaom-av1", "-cpu-used", "8", "-crf", "10",
                source.path,
            ])
        try run.run(source)
        #expect(run.info?.kind == .animation)
        #expect(run.info?.image?.pageCount == 6)
        #expect(run.info?.durationSeconds == 0.6)
        let webp = try #require(run.file("animation.webp"))
        let roll = try Image.load(
            Source(bytes: [UInt8](Data(contentsOf: webp))), with: .webp, LoadOptions(pages: -1))
        let found = try AnimationRun.webp(webp)
        #expect(found.delays.reduce(0, +) == 600 && found.plays == 0)
        #expect(isNear(try pixel(roll, 0.5, 0.05), [0, 255, 0], within: 10))
        let last = try pixel(roll, 0.5, 0.98)
        #expect(isNear(last, [255, 0, 0], within: 10))
        #expect(abs(last[3] - 128) < 8)
    }

    @Test func thePosterIsTheFirstFrameWithSomethingToSee() async throws {
        let source = run.fixture("late.gif")
        // Half a second of nothing before the numbers begin.
        try Oracle.run(
            "ffmpeg",
            [
                "-v", "error", "-f", "lavfi", "-i", "color=black:size=96x48:rate=10:duration=0.5",
                "-f", "lavfi", "-i", "testsrc2=size=96x48:rate=10:duration=0.3",
                "-filter_complex", "concat=n=2", source.path,
            ])
        try run.run(source)
        #expect(run.info?.image?.animation?.posterFrame == 5)
        let still = try #require(run.file("image-64.png"))
        let image = try Image.load(Source(bytes: [UInt8](Data(contentsOf: still))), with: .png)
        #expect(try image.deviation() > 40)
        #expect(run.events.placeholders.count == 1)
        guard case .placeholder = try #require(run.events.all.first) else {
            Issue.record("\(String(describing: run.events.all.first))")
            return
        }
    }

    @Test func whatMovesIsScaledToTheRecipesSideAndNeverUp() async throws {
        let source = run.fixture("wide.gif")
        try Oracle.run(
            "ffmpeg",
            [
                "-v", "error", "-f", "lavfi", "-i", "testsrc2=size=300x100:rate=10:duration=0.4",
                source.path,
            ])
        var recipe = AnimationRun.recipe
        recipe.animation.maximumSide = 150
        try run.run(source, recipe: recipe) { $0.webp = nil }
        let artifact = try #require(
            run.events.artifacts.first { $0.description.name == "animation.mp4" })
        #expect(artifact.description.width == 150 && artifact.description.height == 50)
    }

    @Test func privateMetadataGoesAndCreditStays() throws {
        let source = try run.made("webp")
        var sidecar = Sidecar()
        sidecar.credit = Credit(creator: "Zoë Ada", copyright: "© Ada", license: "CC BY 4.0")
        try Oracle.run(
            "exiftool",
            [
                "-q", "-overwrite_original", "-GPSLatitude=52.5", "-GPSLatitudeRef=N",
                "-SerialNumber=SN4711", "-Artist=Camera", source.path,
            ])
        try run.run(source, sidecar: sidecar, change: keepBoth)
        for name in run.moving {
            let file = try #require(run.file(name))
            let all = try Oracle.everything(file)
            for secret in ["GPS", "4711", "Camera"] { #expect(!all.contains(secret), "\(name)") }
            #expect(all.contains("Zoë Ada") && all.contains("© Ada"), "\(name): \(all)")
        }
    }

    @Test func anAnimationThatEndsEarlyIsShownAsFarAsItGoesWithAWarning() async throws {
        let whole = try run.made("gif")
        let bytes = try Data(contentsOf: whole)
        let source = run.fixture("cut.gif")
        try bytes.prefix(bytes.count / 2).write(to: source)
        let info = try run.probe(source)
        let count = try #require(info.image?.animation?.frameCount)
        #expect((2..<6).contains(count))
        #expect(info.warnings.map(\.code) == ["truncatedSource"])
        try run.run(source, change: keepBoth)
        let webp = try #require(run.file("animation.webp"))
        #expect(try AnimationRun.webp(webp).delays.count == count)
    }

    @Test func damageFurtherOnCostsTheFramesBehindIt() throws {
        let whole = try run.made("apng")
        var bytes = try Data(contentsOf: whole)
        // Within the data of the fourth frame.
        var place = bytes.startIndex
        for _ in 0..<4 {
            place = try #require(bytes[place...].range(of: Data("fcTL".utf8))).upperBound
        }
        let data = try #require(bytes[place...].range(of: Data("fdAT".utf8))).upperBound
        for byte in data + 10..<data + 30 { bytes[byte] ^= 0x5A }
        let source = run.fixture("damaged.apng")
        try bytes.write(to: source)
        try run.run(source, change: keepBoth)
        #expect(run.events.warnings == ["truncatedSource"])
        let webp = try #require(run.file("animation.webp"))
        #expect(try AnimationRun.webp(webp).delays == [100, 70, 100])
        let left = try FileManager.default.contentsOfDirectory(atPath: run.directory.path)
        #expect(!left.contains { $0.hasSuffix(".working") })
    }

    @Test func flippedBytesNeverTrap() throws {
        var seed = UInt64.random(in: 1...UInt64.max)
        print("flippedBytesNeverTrap: seed \(seed)")
        func next(_ bound: Int) -> Int {
            seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(seed >> 33) % bound
        }
        for kind in ["gif", "apng", "apng-palette", "webp"] {
            let whole = try Data(contentsOf: run.made(kind))
            for round in 0..<10 {
                var bytes = whole
                for _ in 0..<(1 + next(8)) { bytes[next(bytes.count)] = UInt8(next(256)) }
                let attempt = try AnimationRun()
                let file = attempt.fixture("\(round).\(kind)")
                try bytes.write(to: file)
                let info: MediaInfo
                do { info = try attempt.probe(file) } catch is Failure { continue }
                guard info.kind == .animation else { continue }
                do { try attempt.run(file) } catch is Failure {}
            }
        }
    }
}
