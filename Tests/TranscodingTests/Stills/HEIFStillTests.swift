import Foundation
import MediaModel
import Planning
import Testing
import Vips

/// HEIC and AVIF as `heif-enc` (x265, libaom), `ffmpeg` and `vips` write them.
@Suite struct HEIFStillTests {
    let run: StillRun

    init() throws { run = try StillRun() }

    private func encode(_ files: [URL], to name: String, _ options: [String] = []) throws -> URL {
        let made = run.fixture(name)
        try Oracle.run("heif-enc", options + files.map(\.path) + ["-o", made.path])
        return made
    }

    @Test(arguments: ["a.heic", "a.avif"])
    func theColoursAreThoseThatWereCoded(name: String) throws {
        let file = try encode(
            [FourCorners.make("four.png", for: run)], to: name, ["-q", "90"])
        try run.run(file, recipe: .small)
        #expect(run.info?.format == (name == "a.heic" ? "heic" : "avif"))
        #expect(run.info?.image?.bitDepth == 8 && run.info?.image?.hasAlpha == false)
        #expect(run.info?.warnings == [])
        for artifact in run.events.artifacts where artifact.description.role == .image {
            let found = try FourCorners.seen(run.image(artifact.description.name))
            #expect(areNear(found, FourCorners.upright), "\(artifact.description.name): \(found)")
        }
    }

    /// Opaque, half transparent and clear thirds of one red.
    private func thirds() throws -> URL {
        let file = run.fixture("thirds.png")
        try run.pillow(
            """
            image = Image.new("RGBA", (360, 240), (200, 40, 30, 255))
            image.paste((200, 40, 30, 128), (120, 0, 240, 240))
            image.paste((200, 40, 30, 0), (240, 0, 360, 240))
            image.save(args[0])
            """, file.path)
        return file
    }

    private func expectTheThirds() throws {
        #expect(run.info?.image?.hasAlpha == true)
        let names = run.events.artifacts.filter { $0.description.role == .image }
            .map(\.description.name)
        #expect(names.contains { $0.hasSuffix(".png") } && names.count >= 2, "\(names)")
        for name in names {
            let image = try run.image(name)
            try #require(image.bands == 4, "\(name)")
            let (whole, half) = (try pixel(image, 0.15, 0.5), try pixel(image, 0.5, 0.5))
            #expect(
                isNear(whole, [200, 40, 30], within: 10) && whole[3] > 250, "\(name): \(whole)")
            #expect(
                isNear(half, [200, 40, 30], within: 10) && abs(half[3] - 128) < 5,
                "\(name): \(half)")
            #expect(try pixel(image, 0.85, 0.5)[3] < 5, "\(name)")
        }
    }

    @Test(arguments: ["a.heic", "a.avif"])
    func transparencyIsDecodedAndKept(name: String) throws {
        try run.run(encode([thirds()], to: name, ["-q", "90"]), recipe: .small)
        try expectTheThirds()
    }

    @Test func twelveBitsOfAVIFKeepTheirTransparency() throws {
        let (wide, deep) = (run.fixture("wide.v"), run.fixture("deep.v"))
        let file = run.fixture("a.avif")
        try Oracle.run("vips", ["cast", thirds().path, wide.path, "ushort", "--shift"])
        try Oracle.run("vips", ["copy", wide.path, deep.path, "--interpretation", "rgb16"])
        try Oracle.run(
            "vips",
            [
                "heifsave", deep.path, file.path, "--bitdepth", "12", "--compression", "av1",
                "--Q", "90",
            ])
        try #require(try ffprobe(file).contains("12le"))
        try run.run(file, recipe: .small)
        #expect(run.info?.image?.bitDepth == 12)
        try expectTheThirds()
    }

    private func ffprobe(_ file: URL) throws -> String {
        try Oracle.run(
            "ffprobe",
            ["-v", "error", "-show_entries", "stream=pix_fmt", "-of", "csv=p=0", file.path])
    }

    @Test(arguments: [("yuv420p", 8), ("yuv444p10le", 10), ("yuv420p12le", 12)])
    func everyDepthOfAVIFHasItsColours(form: String, depth: Int) throws {
        let file = try AVIFFixture.make(
            run.halves("0xC81E1E", "0x1E1EC8"), primaries: "bt709", transfer: "iec61966-2-1",
            format: form, for: run)
        try #require(try ffprobe(file).hasPrefix(form))
        try run.run(file, recipe: .small)
        #expect(run.info?.image?.bitDepth == depth)
        for artifact in run.events.artifacts where artifact.description.role == .image {
            let name = artifact.description.name
            let image = try run.image(name)
            let (left, right) = (try pixel(image, 0.1, 0.5), try pixel(image, 0.9, 0.5))
            #expect(image.format == .uchar)
            #expect(isNear(left, [200, 30, 30], within: 10), "\(name): \(left)")
            #expect(isNear(right, [30, 30, 200], within: 10), "\(name): \(right)")
        }
    }

    @Test func tenBitsOfHEICHaveTheirColours() throws {
        let deep = try FourCorners.makeDeep("deep.png", for: run)
        let file = try encode([deep], to: "a.heic", ["-b", "10", "-q", "90"])
        try run.run(file, recipe: .small)
        #expect(run.info?.image?.bitDepth == 10)
        let found = try FourCorners.seen(run.fallback(320))
        #expect(areNear(found, FourCorners.upright), "\(found)")
    }

    /// A burst is one file of many pictures; the one that is marked is shown, and that it is one of
    /// several is said.
    @Test(arguments: [1, 2])
    func ofABurstTheMarkedPictureIsShown(primary: Int) throws {
        let (red, blue) = (run.fixture("red.png"), run.fixture("blue.png"))
        try run.pillow(
            """
            for name, colour in zip(args, [(200, 30, 30), (30, 30, 200)]):
                Image.new("RGB", (400, 240), colour).save(name)
            """, red.path, blue.path)
        let both = try encode([red, blue], to: "burst.heic")
        let marked = run.fixture("marked.heic")
        try Data(HEIFEditor([UInt8](Data(contentsOf: both))).makingPrimary(primary))
            .write(to: marked)
        let plan = try run.planned(marked)
        #expect(plan.warnings.map(\.code) == ["firstPageOnly"])
        try run.run(marked, recipe: .small)
        #expect(run.info?.image?.pageCount == 2)
        let expected = primary == 1 ? [200, 30, 30] : [30, 30, 200]
        let found = try pixel(run.fallback(320), 0.5, 0.5)
        #expect(isNear(found, expected, within: 10), "\(found)")
    }
}
