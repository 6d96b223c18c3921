import Foundation
import MediaModel
import Planning
import Testing
import Vips

/// How much detail is left, by FFmpeg's SSIM against what `vipsthumbnail` makes of the same upload.
@Suite struct SharpnessTests {
    let run: StillRun

    init() throws { run = try StillRun() }

    /// Of all planes together; 1 = the same picture.
    private func similarity(_ one: URL, _ other: URL) throws -> Double {
        let line = try Oracle.run(
            "ffmpeg",
            [
                "-v", "error", "-i", one.path, "-i", other.path, "-lavfi",
                "[0]format=yuv444p[a];[1]format=yuv444p[b];[a][b]ssim=stats_file=-", "-f", "null",
                "/dev/null",
            ])
        let text = try #require(line.components(separatedBy: "All:").last)
        return try #require(Double(text.prefix { $0 != " " }))
    }

    /// Filaments down to the pixel, and flat parts between them.
    private func detailed(_ name: String, format: String) throws -> URL {
        let file = run.fixture(name)
        try Oracle.run(
            "ffmpeg",
            [
                "-v", "error", "-f", "lavfi", "-i",
                "mandelbrot=size=2600x1700:start_scale=0.004:start_x=-0.7436:start_y=-0.1318",
                "-vf", "format=\(format)", "-frames:v", "1", "-q:v", "1", file.path,
            ])
        return file
    }

    /// The picture of another program, 1280 pixels wide.
    private func theirs(_ upload: URL, _ name: String) throws -> URL {
        let file = run.fixture(name)
        try Oracle.run("vipsthumbnail", [upload.path, "-s", "1280x", "-o", file.path])
        return URL(filePath: file.path.replacing(/\[.*/, with: ""))
    }

    private func png(_ name: String) throws -> URL {
        let file = run.fixture("\(name).png")
        try Data(run.image(name).encoded(as: .png(compression: 1))).write(to: file)
        return file
    }

    /// Transparency makes the fallback a PNG: what is compared is scaling alone.
    @Test func scalingIsAsSharpAsVipsthumbnails() throws {
        let plain = try detailed("plain.png", format: "rgb24")
        let upload = run.fixture("clear.png")
        try run.pillow(
            """
            image = Image.open(args[0]).convert("RGBA")
            image.paste((0, 0, 0, 0), (0, 0, 40, 40))
            image.save(args[1], compress_level=1)
            """, plain.path, upload.path)
        var recipe = Recipe.width(1280)
        recipe.image.formats = []
        try run.run(upload, recipe: recipe)
        let theirs = try theirs(upload, "theirs.png")
        let found = try similarity(run.file("image-1280.png"), theirs)
        print("SSIM of scaling: \(found)")
        #expect(found >= 0.985, "\(found)")
        // The measure sees what would be too soft.
        let soft = run.fixture("soft.png")
        try Oracle.run("vips", ["gaussblur", theirs.path, soft.path, "1"])
        let blurred = try similarity(soft, theirs)
        print("SSIM of a blur of a pixel: \(blurred)")
        #expect(blurred < 0.985, "\(blurred)")
    }

    private func expectWhatVipsthumbnailKeeps(of upload: URL) throws {
        try run.run(upload, recipe: .width(1280))
        let whole = try theirs(upload, "theirs.png")
        let coded = try similarity(theirs(upload, "theirs.jpg[Q=82]"), whole)
        for artifact in run.events.artifacts where artifact.description.role == .image {
            let name = artifact.description.name
            let found = try similarity(png(name), whole)
            print("SSIM \(name): \(found), vipsthumbnail's JPEG \(coded)")
            // In Display P3 the numbers are others.
            guard !name.contains("p3") else { continue }
            #expect(found >= coded - (name.hasSuffix(".jpg") ? 0.003 : 0.01), "\(name): \(found)")
        }
    }

    /// Against the lossless picture, no derivative has lost more than `vipsthumbnail`'s JPEG of the
    /// same quality, 82.
    @Test func codingLosesNoMoreThanVipsthumbnails() throws {
        try expectWhatVipsthumbnailKeeps(of: detailed("detailed.jpg", format: "yuvj444p"))
    }

    @Test(.enabled(if: Corpus.isThere, Corpus.missing))
    func aRealPhotographStaysSharp() throws {
        try expectWhatVipsthumbnailKeeps(of: Corpus.file("image-jpeg-camera-11MP.jpg"))
    }
}
