import Foundation
import MediaModel
import Planning
import Testing
import Vips

/// WebP, JPEG XL and JPEG 2000 with transparency, in grey, and deep: by `cwebp`, `cjxl` and Pillow.
@Suite struct TransparentFormTests {
    let run: StillRun

    init() throws { run = try StillRun() }

    /// Opaque, half transparent and clear thirds, as a PNG.
    private func thirds(_ mode: String) throws -> URL {
        let file = run.fixture("thirds.png")
        try run.pillow(
            """
            image = Image.new("RGBA", (360, 240), (200, 60, 30, 255))
            image.paste((60, 120, 200, 128), (120, 0, 240, 240))
            image.paste((0, 0, 0, 0), (240, 0, 360, 240))
            image.convert(args[1]).save(args[0])
            """, file.path, mode)
        return file
    }

    private func encode(_ kind: String, _ source: URL) throws -> URL {
        let file = run.fixture("a.\(kind.prefix { $0 != " " })")
        switch kind {
        case "webp lossless":
            try Oracle.run("cwebp", ["-quiet", "-lossless", source.path, "-o", file.path])
        case "webp lossy":
            try Oracle.run("cwebp", ["-quiet", "-q", "90", source.path, "-o", file.path])
        case "jxl lossless", "jxl lossy":
            try Oracle.run(
                "cjxl", [source.path, file.path, "-d", kind == "jxl lossy" ? "1" : "0"])
        default:
            try run.pillow("Image.open(args[0]).save(args[1])", source.path, file.path)
        }
        return file
    }

    @Test(
        arguments: ["webp lossless", "webp lossy", "jxl lossless", "jxl lossy", "jp2"],
        ["RGBA", "LA"])
    func whatIsTransparentStaysSo(kind: String, mode: String) throws {
        let source = try thirds(mode)
        let expected = try run.seenByPillow(source, as: "RGBA")
        try run.run(encode(kind, source), recipe: .width(360))
        #expect(run.info?.image?.hasAlpha == true && run.events.warnings == [])
        let pictures = run.events.artifacts.filter { $0.description.role == .image }
        #expect(!pictures.isEmpty)
        for artifact in pictures {
            let found = try run.image(artifact.description.name)
            try #require(found.bands == 4, "\(artifact.description.name)")
            for (x, share) in [(0.15, 255), (0.5, 128), (0.85, 0)] {
                let (ours, theirs) = (try pixel(found, x, 0.5), try pixel(expected, x, 0.5))
                #expect(abs(ours[3] - share) < 4, "\(artifact.description.name) \(x): \(ours)")
                #expect(
                    share == 0 || isNear(Array(ours.prefix(3)), theirs, within: 10),
                    "\(artifact.description.name) \(x): \(ours), not \(theirs)")
            }
        }
    }

    /// 30,000 of 65,535 is 117 of 255.
    @Test(arguments: ["jxl lossless", "jxl lossy", "jp2"])
    func deepGreyIsAsBright(kind: String) throws {
        let line = "Image.new('I;16', (360, 240), 30000).save(args[0])"
        let source = run.fixture("deep.png")
        try run.pillow(line, source.path)
        let file = try kind == "jp2" ? run.fixture("a.jp2") : encode(kind, source)
        if kind == "jp2" { try run.pillow(line, file.path) }
        try run.run(file, recipe: .width(360))
        #expect(run.info?.image?.bitDepth == 16 && run.info?.image?.interpretation == "grey16")
        for artifact in run.events.artifacts {
            let found = try pixel(run.image(artifact.description.name), 0.5, 0.5)
            #expect(isNear(found, [117, 117, 117], within: 2), "\(found)")
        }
    }

    private func byFFmpeg(_ file: URL) throws -> Image {
        let seen = run.fixture("seen-by-ffmpeg.png")
        try Oracle.run(
            "ffmpeg", ["-v", "error", "-i", file.path, "-pix_fmt", "rgb24", seen.path])
        return try pngImage(seen)
    }

    /// Pillow writes no JPEG 2000 of 16-bit colours; the `vips` program does, and FFmpeg reads it.
    @Test(arguments: ["jp2", "jxl"])
    func deepColoursAreTheSame(kind: String) throws {
        let deep = try FourCorners.makeDeep("deep.png", for: run)
        let file = run.fixture("a.\(kind)")
        if kind == "jxl" {
            try Oracle.run("cjxl", [deep.path, file.path, "-d", "0"])
        } else {
            try Oracle.run("vips", ["jp2ksave", deep.path, file.path, "--lossless"])
            try #require(areNear(FourCorners.seen(byFFmpeg(file)), FourCorners.upright, within: 1))
        }
        try run.run(file, recipe: .width(400))
        #expect(run.info?.image?.bitDepth == 16)
        for artifact in run.events.artifacts where artifact.description.role == .image {
            let found = try FourCorners.seen(run.image(artifact.description.name))
            #expect(
                areNear(found, FourCorners.upright, within: 3),
                "\(artifact.description.name): \(found)")
        }
    }

    @Test func lossyAndLosslessWebPHaveTheirColours() throws {
        for options in [["-lossless"], ["-q", "95"]] {
            let run = try StillRun()
            let source = try FourCorners.make("four.png", for: run)
            let file = run.fixture("a.webp")
            try Oracle.run("cwebp", ["-quiet"] + options + [source.path, "-o", file.path])
            try run.run(file, recipe: .width(400))
            let found = try FourCorners.seen(run.fallback(400))
            #expect(
                areNear(found, FourCorners.upright, within: options == ["-lossless"] ? 0 : 8),
                "\(options): \(found)")
        }
    }
}
