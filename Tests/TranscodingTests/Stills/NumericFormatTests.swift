import Foundation
import MediaModel
import Planning
import Testing
import Vips

@testable import Transcoding

/// Pictures of unusual numbers, made by the `vips` program: whatever they count in, a quarter of the
/// light is a quarter of the light.
final class NumericFormatTests {
    private let run: StillRun

    init() throws { run = try StillRun() }

    private static var recipe: Recipe {
        var recipe = Recipe()
        recipe.image.widths = [320, 160]
        recipe.image.cards = false
        return recipe
    }

    private func vips(_ arguments: String...) throws { try Oracle.run("vips", arguments) }

    /// A grey that rises from left to right, 0 to 1, in floating point.
    private func ramp() throws -> URL {
        let file = run.fixture("ramp.v")
        try vips("grey", file.path, "400", "100")
        return file
    }

    private func middle(_ file: URL) throws -> [Int] {
        try run.run(file, recipe: Self.recipe)
        return try pixel(run.image("image-320.jpg"), 0.5, 0.5)
    }

    /// Half of the light is 188 in sRGB (IEC 61966-2-1).
    @Test func floatingPointIsLinearLight() throws {
        let file = run.fixture("float.tif")
        try vips("copy", try ramp().path, file.path)
        #expect(isNear(try middle(file), [188, 188, 188], within: 4))
    }

    @Test func floatingPointInTheRangeOfIntegersIsTakenForIt() throws {
        let file = run.fixture("wide.tif")
        try vips("linear", try ramp().path, file.path, "255", "0")
        #expect(isNear(try middle(file), [127, 127, 127], within: 4))
        #expect(run.events.warnings.contains("rangeAssumed"))
    }

    /// What no whole number holds, and what is no number, are no reasons to fail.
    @Test(arguments: ["1e30", "inf", "nan"])
    func floatingPointOfAnySizeIsShownSomehow(factor: String) throws {
        let file = run.fixture("huge.tif")
        let script = """
            import sys, PIL.Image as i
            p = i.new("F", (400, 100), 0.5); p.paste(float(sys.argv[1]), (0, 0, 100, 100))
            p.save(sys.argv[2])
            """
        try Oracle.run("/usr/bin/python3", ["-c", script, factor, file.path])
        try run.run(file, recipe: Self.recipe)
        let seen = try pixel(run.fallback(320), 0.6, 0.5)
        // Beside what is no number the rest is seen; beside a star, nothing can be.
        #expect(factor == "nan" ? isNear(seen, [188, 188, 188], within: 4) : seen.count >= 3)
    }

    @Test func thirtyTwoBitsAreScaled() throws {
        let wide = run.fixture("wide.v")
        let file = run.fixture("uint.tif")
        try vips("linear", try ramp().path, wide.path, "4294967295", "0")
        try vips("cast", wide.path, file.path, "uint")
        #expect(isNear(try middle(file), [127, 127, 127], within: 4))
    }

    /// Scientific cameras keep their 8, 12 or 16 bits in 32.
    @Test(arguments: [("uint", 255), ("int", 255), ("uint", 65_535), ("int", 65_535)])
    func fewOfThirtyTwoBitsHaveTheirOwnWhite(format: String, white: Int) throws {
        let wide = run.fixture("wide.v")
        let file = run.fixture("few.tif")
        try vips("linear", try ramp().path, wide.path, String(white), "0")
        try vips("cast", wide.path, file.path, format)
        #expect(isNear(try middle(file), [127, 127, 127], within: 4))
        #expect(run.events.warnings.contains("rangeAssumed"))
    }

    /// L*, a* and b* as Photoshop writes them into TIFF: in D50, 16 or 8 bits each.
    @Test(arguments: [("labs", 6), ("labq", 8)])
    func labIsSeenAsItsColours(space: String, tolerance: Int) throws {
        let picture = try run.halves("#c83232", "#3264c8")
        let (lab, packed) = (run.fixture("lab.v"), run.fixture("packed.v"))
        let file = run.fixture("lab.tif")
        try vips("icc_import", picture.path, lab.path, "--input-profile", "srgb")
        try vips("colourspace", lab.path, packed.path, space)
        try vips("copy", packed.path, file.path)
        try run.run(file, recipe: Self.recipe)
        #expect(run.info?.image?.hasAlpha == false)
        let made = try run.image("share")
        let (left, right) = (try pixel(made, 0.2, 0.5), try pixel(made, 0.8, 0.5))
        #expect(isNear(left, [200, 50, 50], within: tolerance), "\(left)")
        #expect(isNear(right, [50, 100, 200], within: tolerance), "\(right)")
    }

    /// Luma and chroma that libtiff passes on as they are would be shown as red, green and blue.
    @Test func plainYCbCrIsRefusedByName() throws {
        let picture = try run.halves("#c83232", "#3264c8")
        let file = run.fixture("ycbcr.tif")
        try Oracle.run(
            "/usr/bin/python3",
            [
                "-c",
                "import sys, PIL.Image as i; i.open(sys.argv[1]).convert('YCbCr').save(sys.argv[2])",
                picture.path, file.path,
            ])
        let failure = #expect(throws: Failure.self) { try run.probe(file) }
        #expect(failure?.code == "unsupportedFormat")
        #expect(failure?.operatorText.contains("YCbCr") == true)
        // The usual kind is read.
        let usual = run.fixture("jpeg.tif")
        try vips("tiffsave", picture.path, usual.path, "--compression", "jpeg", "--Q", "90")
        try run.run(usual, recipe: Self.recipe)
        #expect(isNear(try pixel(run.image("share"), 0.2, 0.5), [200, 50, 50], within: 8))
    }

    @Test func channelsBesideTheColourAreNoAlpha() throws {
        let colour = try run.halves("#c83232", "#3264c8")
        let file = run.fixture("spot.tif")
        try vips("bandjoin_const", colour.path, file.path, "10 20")
        try run.run(file, recipe: Self.recipe)
        #expect(run.info?.image?.hasAlpha == false)
        #expect(run.events.warnings.contains("extraChannelsIgnored"))
        #expect(
            isNear(try pixel(run.fallback(320), 0.2, 0.5), [200, 50, 50], within: 8))
    }

    /// Every size is made from the one before: none may be darker.
    @Test func transparentPicturesKeepTheirTonesThroughTheChain() throws {
        let file = run.fixture("plain.png")
        try vips("black", run.fixture("black.v").path, "1600", "1600", "--bands", "3")
        try vips("linear", run.fixture("black.v").path, run.fixture("grey.v").path, "1", "116")
        try vips("cast", run.fixture("grey.v").path, run.fixture("byte.v").path, "uchar")
        try vips("bandjoin_const", run.fixture("byte.v").path, file.path, "200")
        var recipe = Self.recipe
        recipe.image.widths = [100, 200, 400, 800, 1600]
        try run.run(file, recipe: recipe)
        for width in recipe.image.widths {
            let found = try pixel(run.image("image-\(width).png"), 0.5, 0.5)
            #expect(found == [116, 116, 116, 200], "\(width): \(found)")
        }
    }
}

struct AttributionTextTests {
    @Test(arguments: [
        ("Ada (Ada, ASCII, 4 components, 4 bytes)", "Ada"),
        (
            "Ada (Studio) Lovelace (Ada (Studio) Lovelace, ASCII, 22 components, 22 bytes)",
            "Ada (Studio) Lovelace"
        ),
        (
            "2024 Jane Doe (jane.example) (2024 Jane Doe (jane.example) (Photographer) - [None] "
                + "(Editor), ASCII, 29 components, 29 bytes)", "2024 Jane Doe (jane.example)"
        ),
        ("no more than this", "no more than this"),
        ("J\u{fc}rg (J\u{fc}rg, ASCII, 6 components, 6 bytes)", "J\u{fc}rg"),
        ("odd (odd, ASCII, 99 components, 99 bytes)", "odd"),
    ])
    func theValueEndsWhereItsSizeSays(text: String, value: String) {
        #expect(Attribution.exifValue(text) == value)
    }

    @Test func allAuthorsAreNamed() {
        let packet = """
            <dc:creator><rdf:Seq><rdf:li>Ada</rdf:li><rdf:li>Grace &amp; Co</rdf:li></rdf:Seq>
            </dc:creator><dc:rights><rdf:Alt><rdf:li xml:lang="x-default">Mine</rdf:li>
            <rdf:li xml:lang="de">Meins</rdf:li></rdf:Alt></dc:rights>
            """
        let reader = XMPReader(Array(packet.utf8))
        #expect(reader.values("dc:creator") == "Ada, Grace & Co")
        #expect(reader.value("dc:rights") == "Mine")
        #expect(reader.values("dc:subject") == nil)
    }
}
