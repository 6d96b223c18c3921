import Foundation
import MediaModel
import Planning
import Testing
import Transcoding
import Vips

@Suite struct StillTranscoderTests {
    let run: StillRun

    init() throws {
        run = try StillRun()
    }

    /// Few sizes: what is tested does not depend on how many there are.
    private func recipe(_ widths: [Int] = [320, 160], cards: Bool = false) -> Recipe {
        var recipe = Recipe()
        recipe.image.widths = widths
        recipe.image.cards = cards
        return recipe
    }

    @Test func everyPlannedPictureIsMadeAtItsSizeUnderItsDigest() throws {
        let upload = try run.testPicture("a.jpg", width: 900, height: 601)
        try run.run(upload, recipe: recipe([640, 320], cards: true))
        let plan = try #require(run.plan)
        let made = run.events.artifacts
        #expect(made.count + run.events.leftOut.count == plan.pictures.count && made.count >= 8)
        for artifact in made {
            let picture = try #require(
                plan.pictures.first { $0.output.name == artifact.description.name })
            let file = run.directory.appendingPathComponent(artifact.file.path)
            let size = try Oracle.run("exiftool", ["-s3", "-ImageSize", file.path])
            #expect(size == "\(picture.size)")
            #expect(artifact.description.width == picture.size.width)
            #expect(artifact.description.mediaType == picture.format.mediaType)
            let digest = try Oracle.run("sha256sum", [file.path])
            #expect(digest.hasPrefix(artifact.file.sha256))
            #expect(file.lastPathComponent.contains(artifact.file.sha256.prefix(8)))
        }
        let left = try FileManager.default.contentsOfDirectory(atPath: run.directory.path)
        #expect(!left.contains { $0.hasSuffix(".working") })
    }

    @Test func thePlaceholderComesFirst() throws {
        try run.run(run.testPicture("a.png", width: 400, height: 200), recipe: recipe())
        guard case .placeholder(let placeholder) = try #require(run.events.all.first) else {
            Issue.record("\(String(describing: run.events.all.first))")
            return
        }
        #expect(placeholder.aspectRatio == 2)
        #expect(placeholder.dominantColor.hasPrefix("#"))
    }

    @Test func nothingIsUpscaled() throws {
        try run.run(run.testPicture("a.jpg", width: 100, height: 80), recipe: recipe(cards: true))
        #expect(run.events.artifacts.allSatisfy { $0.description.width ?? 0 <= 100 })
        #expect(run.events.artifacts.allSatisfy { $0.description.height ?? 0 <= 80 })
    }

    // A picture whose left half is red and right half is blue, and where red must be afterwards.
    @Test(arguments: [
        (1, 0.1, 0.5), (2, 0.9, 0.5), (3, 0.9, 0.5), (4, 0.1, 0.5), (5, 0.5, 0.1), (6, 0.5, 0.1),
        (7, 0.5, 0.9), (8, 0.5, 0.9),
    ])
    func orientationIsAppliedAndDropped(orientation: Int, x: Double, y: Double) throws {
        let file = try run.halves("red", "blue")
        try Oracle.run(
            "exiftool",
            ["-q", "-overwrite_original", "-n", "-Orientation=\(orientation)", file.path])
        try run.run(file, recipe: recipe())
        for artifact in run.events.artifacts where artifact.description.role == .image {
            let image = try run.image(artifact.description.name)
            #expect(
                isNear(try pixel(image, x, y), [254, 0, 0], within: 12),
                "\(artifact.description.name)")
            #expect((image.width > image.height) == (orientation < 5))
            let tag = try Oracle.exif(["-n", "-Orientation"], run.file(artifact.description.name))
            #expect(tag.isEmpty || tag == "1")
        }
    }

    @Test func privateMetadataGoesAndAttributionStays() throws {
        let file = try run.testPicture("a.jpg", width: 400, height: 300)
        try Oracle.run(
            "exiftool",
            [
                "-q", "-overwrite_original", "-GPSLatitude=52.5", "-GPSLatitudeRef=N",
                "-GPSLongitude=13.4", "-GPSLongitudeRef=E", "-SerialNumber=SN4711",
                "-LensSerialNumber=LS4711", "-Make=Spycam", "-UserComment=private words",
                "-Artist=Zoë Ada", "-Copyright=© 2026 Zoë Ada", "-XMP-dc:Creator=Zoë Ada",
                "-XMP-dc:Rights=© 2026 Zoë & Ada", "-XMP-photoshop:Credit=Ada Press",
                "-XMP-exif:GPSLatitude=52.5", "-IPTC:City=Berlin",
                "-XMP-xmpRights:UsageTerms=CC BY 4.0", file.path,
            ])
        try run.run(file, recipe: recipe())
        for artifact in run.events.artifacts {
            let made = run.directory.appendingPathComponent(artifact.file.path)
            let all = try Oracle.everything(made)
            for secret in ["GPS", "4711", "Spycam", "private words", "Berlin", "Thumbnail"] {
                #expect(!all.contains(secret), "\(artifact.description.name): \(secret)")
            }
            #expect(try Oracle.exif(["-XMP-dc:Creator"], made) == "Zoë Ada")
            #expect(try Oracle.exif(["-XMP-dc:Rights"], made) == "© 2026 Zoë & Ada")
            #expect(try Oracle.exif(["-XMP-photoshop:Credit"], made) == "Ada Press")
            #expect(try Oracle.exif(["-XMP-xmpRights:UsageTerms"], made) == "CC BY 4.0")
            #expect(try Oracle.exif(["-IFD0:Artist"], made) == "Zoe Ada")
            let isJPEG = artifact.description.mediaType == "image/jpeg"
            #expect(try Oracle.exif(["-IPTC:By-line"], made) == (isJPEG ? "Zoë Ada" : ""))
            #expect(try Oracle.exif(["-IPTC:Credit"], made) == (isJPEG ? "Ada Press" : ""))
            #expect(
                try Oracle.exif(["-IPTC:CopyrightNotice"], made)
                    == (isJPEG ? "© 2026 Zoë & Ada" : ""))
        }
        #expect(run.info?.tags["creator"] == "Zoë Ada")
        #expect(run.info?.tags["license"] == "CC BY 4.0")
    }

    @Test func theSidecarsCreditWinsOverTheMetadata() throws {
        let file = try run.testPicture("a.jpg", width: 200, height: 100)
        try Oracle.run(
            "exiftool",
            ["-q", "-overwrite_original", "-Artist=Camera", "-Copyright=Old", file.path])
        var sidecar = Sidecar()
        // XML is read by code points: an accent does not make the < another character.
        sidecar.credit = Credit(creator: "The <\u{301}Artist>")
        try run.run(file, sidecar: sidecar, recipe: recipe())
        let made = try run.file("image-200.avif")
        #expect(try Oracle.exif(["-XMP-dc:Creator"], made) == "The <\u{301}Artist>")
        #expect(try Oracle.exif(["-XMP-dc:Rights"], made) == "Old")
    }

    @Test func theEmbeddedProfileDecidesTheColours() throws {
        // The same colours written as Display P3 numbers must come out as they were.
        let srgb = try run.halves("#c83232", "#32a050")
        let wide = run.fixture("p3.png")
        try Oracle.run(
            "vips",
            [
                "icc_transform", srgb.path, wide.path, "p3", "--input-profile", "srgb",
            ])
        #expect(!isNear(try pixel(pngImage(wide), 0.2, 0.5), [200, 50, 50]))
        try run.run(wide, recipe: recipe())
        #expect(run.info?.image?.hasProfile == true)
        for name in ["image-320-lossless.webp", "image-320.png"] {
            let image = try run.image(name)
            #expect(isNear(try pixel(image, 0.2, 0.5), [200, 50, 50]), "\(name)")
            #expect(isNear(try pixel(image, 0.8, 0.5), [50, 160, 80]), "\(name)")
            #expect(!image.has(Field.iccProfile))
        }
    }

    @Test(arguments: [true, false])
    func cmykBecomesColourWithAndWithoutAProfile(isTagged: Bool) throws {
        let file = run.fixture("cmyk.tif")
        try Oracle.run(
            "vips",
            [
                "icc_transform", run.halves("#c83232", "#3264c8").path, file.path, "cmyk",
                "--input-profile", "srgb",
            ])
        if !isTagged {
            try Oracle.run("vips", ["copy", file.path, run.fixture("plain.v").path])
            try Oracle.run(
                "vips",
                ["tiffsave", run.fixture("plain.v").path, file.path, "--strip"])
        }
        try run.run(file, recipe: recipe())
        #expect(run.info?.image?.interpretation == "cmyk")
        #expect(run.info?.image?.hasProfile == isTagged)
        let image = try run.fallback(320)
        #expect(isNear(try pixel(image, 0.2, 0.5), [200, 50, 50], within: 25))
        #expect(isNear(try pixel(image, 0.8, 0.5), [50, 100, 200], within: 40))
    }

    @Test func aProfileThatDoesNotFitIsIgnoredWithAWarning() throws {
        let cmyk = run.fixture("cmyk.tif")
        try Oracle.run(
            "vips",
            [
                "icc_transform", run.halves("red", "blue").path, cmyk.path, "cmyk",
                "--input-profile", "srgb",
            ])
        let profile = run.fixture("cmyk.icc")
        try Oracle.run("sh", ["-c", "exiftool -icc_profile -b \(cmyk.path) > \(profile.path)"])
        let file = try run.testPicture("a.jpg", width: 200, height: 100)
        try Oracle.run(
            "exiftool", ["-q", "-overwrite_original", "-icc_profile<=\(profile.path)", file.path])
        try run.run(file, recipe: recipe())
        #expect(run.info?.image?.hasProfile == false)
        #expect(run.events.warnings.contains("profileIgnored"))
    }

    @Test func transparencyIsKeptWhereItCanBeAndLaidOnTheMatteElsewhere() throws {
        let file = run.fixture("alpha.png")
        try Oracle.run(
            "ffmpeg",
            [
                "-v", "error", "-f", "lavfi", "-i", "color=red@0:size=400x300,format=rgba",
                "-f", "lavfi", "-i", "color=lime:size=200x300,format=rgba",
                "-filter_complex", "[0][1]overlay=0:0:format=rgb", "-frames:v", "1", file.path,
            ])
        var wanted = recipe()
        wanted.image.matte = "#2040c0"
        try run.run(file, recipe: wanted)
        for name in ["image-320-lossless.webp", "image-320.png"] {
            let image = try run.image(name)
            #expect(image.hasAlpha, "\(name)")
            #expect(try pixel(image, 0.9, 0.5)[3] < 5, "\(name)")
            #expect(isNear(try pixel(image, 0.1, 0.5), [0, 255, 0, 255]), "\(name)")
        }
        let share = try run.image("share")
        #expect(!share.hasAlpha)
        #expect(isNear(try pixel(share, 0.95, 0.5), [0x20, 0x40, 0xC0]))
    }

    @Test func transparencyOfPhotographsIsKeptInEveryFormat() throws {
        let file = run.fixture("cutout.png")
        try Oracle.run(
            "ffmpeg",
            [
                "-v", "error", "-f", "lavfi", "-i", "mandelbrot=size=400x300", "-vf",
                "noise=alls=8,format=rgba,"
                    + "geq=r='r(X,Y)':g='g(X,Y)':b='b(X,Y)':a='if(lt(X,200),255,0)'",
                "-frames:v", "1", file.path,
            ])
        // Light enough that each format earns its place.
        var recipe = recipe()
        recipe.image.avifQuality = 50
        try run.run(file, recipe: recipe)
        for name in ["image-320.avif", "image-320.webp", "image-320.png"] {
            let image = try run.image(name)
            #expect(image.hasAlpha, "\(name)")
            #expect(try pixel(image, 0.9, 0.5)[3] < 5, "\(name)")
            #expect(try pixel(image, 0.1, 0.5)[3] > 250, "\(name)")
        }
    }

    @Test func anAlphaChannelThatSaysNothingIsDropped() throws {
        try run.run(
            run.testPicture("a.png", width: 200, height: 100, pixelFormat: "rgba"), recipe: recipe()
        )
        #expect(run.info?.image?.hasAlpha == true)
        for artifact in run.events.artifacts {
            #expect(try !run.image(artifact.description.name).hasAlpha)
        }
    }

    @Test(arguments: ["rgb48be", "gray16be", "rgba64be", "gray", "ya8"])
    func deepAndGreyPicturesKeepTheirBrightness(pixelFormat: String) throws {
        let grey = pixelFormat.hasPrefix("gray") || pixelFormat.hasPrefix("ya")
        let file = try run.testPicture("a.png", width: 400, height: 300, pixelFormat: pixelFormat)
        let reference = try run.testPicture(
            "b.png", width: 400, height: 300, pixelFormat: grey ? "gray" : "rgb24")
        try run.run(file, recipe: recipe([400]))
        let expected = try pngImage(reference).average()
        for artifact in run.events.artifacts where artifact.description.role == .image {
            let image = try run.image(artifact.description.name)
            #expect(image.format == .uchar)
            #expect(abs(try image.average() - expected) < 3, "\(artifact.description.name)")
        }
    }

    @Test func theFocalPointStaysInView() throws {
        let file = try run.halves("red", "blue", width: 1_600, height: 400)
        var sidecar = Sidecar()
        sidecar.focalPoint = FocalPoint(x: 0.9, y: 0.5)
        try run.run(file, sidecar: sidecar, recipe: recipe(cards: true))
        #expect(isNear(try pixel(run.image("card-1x1"), 0.02, 0.5), [0, 0, 254]))
        let other = try StillRun()
        sidecar.focalPoint = FocalPoint(x: -7, y: 9)
        try other.run(file, sidecar: sidecar, recipe: recipe(cards: true))
        #expect(isNear(try pixel(other.image("card-1x1"), 0.98, 0.5), [254, 0, 0]))
    }
}
