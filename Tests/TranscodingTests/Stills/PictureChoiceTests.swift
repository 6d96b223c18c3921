import Foundation
import MediaModel
import Planning
import Testing
import Vips

/// What is published of a still depends on what its pixels are and how much the encoders make of it.
@Suite("Choice of formats") struct PictureFormatTests {
    private func names(_ run: StillRun) -> Set<String> {
        Set(run.events.artifacts.map(\.description.name))
    }

    private func left(_ run: StillRun) -> [String: LeftOut.Code] {
        Dictionary(uniqueKeysWithValues: run.events.leftOut.map { ($0.name, $0.code) })
    }

    /// Photographs have noise and no flat areas.
    private func photograph(_ name: String, _ run: StillRun, _ filter: String = "null") throws
        -> URL
    {
        let file = run.fixture(name)
        try Oracle.run(
            "ffmpeg",
            [
                "-v", "error", "-f", "lavfi", "-i", "mandelbrot=size=320x240:start_scale=0.5",
                "-vf", "noise=alls=12:allf=t,\(filter)", "-frames:v", "1", "-q:v", "9", file.path,
            ])
        return file
    }

    @Test func aTransparencyThatSaysNothingCostsNothing() throws {
        let run = try StillRun()
        let file = try photograph("opaque.png", run, "format=rgba")
        try run.run(file, recipe: .small)
        #expect(try #require(run.info?.image).hasAlpha)
        #expect(names(run).contains("image-320.jpg") && !names(run).contains("image-320.png"))
        #expect(left(run)["image-320.png"] == .otherContent)
        #expect(left(run)["image-320-lossless.webp"] == .otherContent)
    }

    /// A photograph that somebody squeezed: the usual quality would only keep its blocks.
    @Test func ofASqueezedUploadNothingIsHeavier() throws {
        let run = try StillRun()
        let file = run.fixture("squeezed.jpg")
        try Oracle.run(
            "ffmpeg",
            [
                "-v", "error", "-f", "lavfi", "-i",
                "testsrc2=size=1600x1200,noise=alls=60:all_seed=1",
                "-frames:v", "1", "-pix_fmt", "yuvj420p", "-q:v", "14", file.path,
            ])
        let limit = try Data(contentsOf: file).count
        var recipe = Recipe.small
        recipe.image.widths = [320, 1500]
        try run.run(file, recipe: recipe)
        let pictures = run.events.artifacts.filter { $0.description.role == .image }
        #expect(pictures.contains { $0.description.name == "image-1500.jpg" })
        #expect(pictures.contains { $0.description.reason.contains("quality") })
        for picture in pictures {
            #expect(picture.file.byteCount <= Int64(limit), "\(picture.description.name)")
        }
    }

    /// AVIF and WebP do not hold such heights: at some widths only, they would hide the others.
    @Test func ofATallPictureTheWidestIsOfferedToEverybody() throws {
        let run = try StillRun()
        let file = run.fixture("tall.jpg")
        try Oracle.run(
            "ffmpeg",
            [
                "-v", "error", "-f", "lavfi", "-i", "testsrc2=size=400x20000", "-frames:v", "1",
                file.path,
            ])
        var recipe = Recipe.small
        recipe.image.widths = [200, 400]
        try run.run(file, recipe: recipe)
        let images = names(run).filter { $0.hasPrefix("image-") }
        #expect(images == ["image-200.jpg", "image-400.jpg"])
    }

    @Test func drawingsStayExactToTheBit() throws {
        let run = try StillRun()
        let file = run.fixture("drawing.png")
        try Oracle.run(
            "ffmpeg",
            [
                "-v", "error", "-f", "lavfi", "-i", "color=0x2060c0:size=320x240,format=rgb24",
                "-vf",
                "drawbox=x=40:y=30:w=120:h=90:c=0xf0d010:t=fill,drawgrid=w=64:h=48:t=2:c=0x101418",
                "-frames:v", "1", file.path,
            ])
        try run.run(file, recipe: .small)
        #expect(try #require(run.info?.image).isGraphic == false)
        #expect(names(run).isSuperset(of: ["image-320-lossless.webp", "image-320.png"]))
        #expect(names(run).isDisjoint(with: ["image-320.jpg", "image-320.avif", "image-320.webp"]))
        let source = try Image.load(
            Source(bytes: [UInt8](Data(contentsOf: file))), with: .png
        ).pixels()
        #expect(try run.image("image-320-lossless.webp").pixels() == source)
        #expect(try run.image("image-320.png").pixels() == source)
    }

    /// An upload that the web can show and that is lighter than what we would make of it: its pixels
    /// as they were coded, without its secrets.
    @Test func aLightUploadKeepsItsPixels() throws {
        let run = try StillRun()
        let file = try photograph("light.jpg", run, "format=yuvj420p")
        try Oracle.run(
            "exiftool",
            [
                "-q", "-overwrite_original", "-GPSLatitude=48.85", "-GPSLatitudeRef=N",
                "-SerialNumber=4711", "-Artist=Ada", "-Comment=private", "-XMP-dc:Title=t",
                file.path,
            ])
        try run.run(file, recipe: .small)
        let published = try run.file("image-320.jpg")
        // Decoded by another decoder than ours, to the bit.
        func pixels(_ file: URL) throws -> String {
            try Oracle.run("ffmpeg", ["-v", "error", "-i", file.path, "-f", "md5", "-"])
        }
        #expect(try pixels(published) == pixels(file))
        let metadata = try Oracle.everything(published)
        #expect(!metadata.contains("GPS") && !metadata.contains("4711"))
        #expect(!metadata.contains("private"))
        #expect(try Oracle.exif(["-EXIF:Artist"], published) == "Ada")
        let bytes = try Data(contentsOf: published).count
        #expect(bytes <= (try Data(contentsOf: file).count))
    }

    @Test func aHeavyUploadIsCodedAnew() throws {
        let run = try StillRun()
        let file = run.fixture("heavy.jpg")
        try Oracle.run(
            "ffmpeg",
            [
                "-v", "error", "-f", "lavfi", "-i", "mandelbrot=size=320x240:start_scale=0.5",
                "-vf", "noise=alls=12:allf=t,format=yuvj444p", "-frames:v", "1", "-q:v", "1",
                file.path,
            ])
        try run.run(file, recipe: .small)
        let bytes = try Data(contentsOf: run.file("image-320.jpg")).count
        #expect(bytes * 2 < (try Data(contentsOf: file).count))
    }

    @Test func anOptimisedPaletteIsKept() throws {
        let run = try StillRun()
        let big = try photograph("big.png", run)
        let file = run.fixture("palette.png")
        try Oracle.run(
            "ffmpeg",
            [
                "-v", "error", "-i", big.path, "-vf",
                "split[a][b];[a]palettegen[p];[b][p]paletteuse",
                file.path,
            ])
        try run.run(file, recipe: .small)
        let published = try run.file("image-320.png")
        #expect(try Data(contentsOf: published).count <= Data(contentsOf: file).count + 600)
        #expect(try Oracle.exif(["-ColorType"], published) == "Palette")
    }

    /// No offered format may outweigh what every browser shows.
    @Test func noFormatIsHeavierThanTheFallback() throws {
        let run = try StillRun()
        try run.run(photograph("weights.png", run))
        func bytes(_ suffix: String) throws -> Int64 {
            run.events.artifacts.filter {
                $0.description.role == .image && $0.description.name.hasSuffix(suffix)
            }.reduce(0) { $0 + $1.file.byteCount }
        }
        #expect(try bytes(".jpg") > 0)
        #expect(try bytes(".webp") < bytes(".jpg") && bytes(".avif") < bytes(".jpg"))
    }
}

/// Colours that sRGB has not, for screens that can show them.
@Suite("Wide gamut") struct WideGamutTests {
    /// A plain colour, tagged Display P3.
    private func picture(_ run: StillRun, _ colour: String) throws -> URL {
        let plain = run.fixture("plain.png")
        try Oracle.run(
            "ffmpeg",
            [
                "-v", "error", "-f", "lavfi", "-i", "color=\(colour):size=400x300,format=rgb24",
                "-frames:v", "1", plain.path,
            ])
        let tagged = run.fixture("tagged.png")
        // Its numbers stay, its meaning becomes that of P3.
        let made = run.fixture("made.png")
        try Oracle.run(
            "vips", ["icc_transform", plain.path, made.path, "p3", "--input-profile", "srgb"])
        try Oracle.run("exiftool", ["-q", "-b", "-icc_profile", "-w!", "%d%f.icc", made.path])
        let profile = run.fixture("made.icc")
        try Oracle.run(
            "exiftool", ["-q", "-icc_profile<=\(profile.path)", "-o", tagged.path, plain.path])
        return tagged
    }

    @Test func coloursOutsideSRGBGetAPictureOfTheirOwn() throws {
        let run = try StillRun()
        var recipe = Recipe.small
        recipe.image.avifQuality = 90
        try run.run(picture(run, "0x00ff20"), recipe: recipe)
        #expect(try #require(run.info?.image).isWideGamut)
        let file = try run.file("image-p3-320.avif")
        #expect(try Oracle.exif(["-ProfileDescription"], file) == "sP3C")
        // The numbers are those that were sent; in sRGB they are others.
        let wide = try run.image("image-p3-320.avif").values(x: 100, y: 100)
        #expect(zip(wide, [0.0, 255, 32]).allSatisfy { abs($0 - $1) <= 4 })
        let artifact = try #require(
            run.events.artifacts.first { $0.description.name == "image-p3-320.avif" })
        #expect(artifact.description.gamut == "p3" && artifact.description.role == .image)
    }

    @Test func coloursWithinSRGBDoNot() throws {
        let run = try StillRun()
        try run.run(picture(run, "0x808890"), recipe: .small)
        #expect(try #require(run.info?.image).isWideGamut)
        #expect(!run.events.artifacts.contains { $0.description.name.contains("p3") })
    }

    @Test func aRecipeCanDoWithout() throws {
        let run = try StillRun()
        var recipe = Recipe.small
        recipe.image.wideGamut = false
        try run.run(picture(run, "0x00ff20"), recipe: recipe)
        #expect(!run.events.artifacts.contains { $0.description.name.contains("p3") })
    }
}
