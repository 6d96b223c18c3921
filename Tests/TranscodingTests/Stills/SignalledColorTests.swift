import Foundation
import MediaModel
import Planning
import TestSupport
import Testing

@testable import Transcoding

/// Colours that a file signals by code points and numbers: the same picture, whatever its numbers mean.
@Suite struct SignalledColorTests {
    let run: StillRun

    init() throws { run = try StillRun() }

    /// Red and green halves whose sRGB numbers are known, written in other primaries by zimg.
    private func halves(_ filter: String, _ name: String = "other.png") throws -> URL {
        let srgb = try run.halves("#c83232", "#32a050")
        let file = run.fixture(name)
        try Oracle.run(
            "ffmpeg",
            [
                "-v", "error", "-i", srgb.path, "-vf",
                "format=gbrp,zscale=matrixin=gbr:rangein=full:primariesin=709"
                    + ":transferin=iec61966-2-1:matrix=gbr:range=full:\(filter)"
                    // FFmpeg 7 would write them into the file.
                    + ",format=gbrp16le,format=rgb48be,"
                    + "setparams=color_primaries=unknown:color_trc=unknown",
                "-frames:v", "1", file.path,
            ])
        return file
    }

    private func expectTheHalves(within tolerance: Int = 3) throws {
        let image = try run.fallback(320)
        let (left, right) = (try pixel(image, 0.2, 0.5), try pixel(image, 0.8, 0.5))
        #expect(isNear(left, [200, 50, 50], within: tolerance), "\(left)")
        #expect(isNear(right, [50, 160, 80], within: tolerance), "\(right)")
    }

    @Test(arguments: [
        ("primaries=smpte432:transfer=iec61966-2-1", 12, 13),
        ("primaries=2020:transfer=iec61966-2-1", 9, 13),
        ("primaries=bt470bg:transfer=iec61966-2-1", 5, 1),
        ("primaries=709:transfer=linear", 1, 8),
    ])
    func codePointsOfPNGAreConverted(filter: String, primaries: UInt8, transfer: UInt8) throws {
        let file = try PNGChunk.insert(
            "cICP", [primaries, transfer, 0, 1], into: halves(filter), for: run)
        try run.run(file, recipe: .small)
        #expect(run.info?.warnings == [] && run.info?.image?.color?.source == .cicp)
        try expectTheHalves()
    }

    @Test func gammaAndPrimariesOfPNGAreConverted() throws {
        let points = [31270, 32900, 68000, 32000, 26500, 69000, 15000, 6000]
        let file = try halves("primaries=smpte432:transfer=linear")
        let tagged = try PNGChunk.insert(
            "cHRM", points.flatMap { [0, UInt8($0 >> 16), UInt8($0 >> 8 & 255), UInt8($0 & 255)] },
            into: file,
            for: run)
        try run.run(
            PNGChunk.insert("gAMA", [0, 1, 0x86, 0xA0], into: tagged, for: run), recipe: .small)
        #expect(run.info?.image?.color?.source == .gamma)
        try expectTheHalves()
    }

    @Test(arguments: [
        ("primaries=smpte432:transfer=iec61966-2-1", "smpte432"),
        ("primaries=2020:transfer=iec61966-2-1", "bt2020"),
    ])
    func codePointsOfAVIFAreConverted(filter: String, name: String) throws {
        let avif = try AVIFFixture.make(
            halves(filter), primaries: name, transfer: "iec61966-2-1", for: run)
        try run.run(avif, recipe: .small)
        #expect(run.info?.warnings == [] && run.info?.image?.color?.source == .nclx)
        try expectTheHalves(within: 6)
    }

    @Test func coloursBeyondSRGBAreKeptInDisplayP3() throws {
        let file = try PNGChunk.insert(
            "cICP", [12, 13, 0, 1], into: run.halves("#ff0000", "#10f020"), for: run)
        var recipe = Recipe.small
        recipe.image.widths = [400]
        try run.run(file, recipe: recipe)
        let wide = try run.image("image-p3-400.avif")
        #expect(isNear(try pixel(wide, 0.2, 0.5), [255, 0, 0], within: 8))
        let profile = try Oracle.exif(
            ["-ICC_Profile:ProfileDescription"], run.file("image-p3-400.avif"))
        #expect(!profile.isEmpty)
    }

    /// Numbers by ExifTool's interoperability index alone, as cameras write them.
    @Test func adobeRGBOfCamerasIsConverted() throws {
        // #c83232 and #32a050 in Adobe RGB (1998), by its specification.
        let file = run.fixture("adobe.jpg")
        try Oracle.run(
            "vips",
            [
                "copy", run.halves("#ac3535", "#629f56").path,
                file.path + "[Q=98,subsample-mode=off]",
            ])
        try Oracle.run(
            "exiftool",
            [
                "-q", "-overwrite_original", "-n", "-InteropIndex=R03", "-ColorSpace=65535",
                file.path,
            ])
        try run.run(file, recipe: .small)
        #expect(run.info?.image?.color?.source == .exif)
        try expectTheHalves(within: 8)
    }

    @Test func whatIsNotKnownIsSaid() throws {
        let file = try PNGChunk.insert(
            "cICP", [10, 13, 0, 1], into: run.halves("#c83232", "#32a050"), for: run)
        let info = try run.probe(file)
        let plan = try Planner(cores: 2).plan(
            info, recipe: .small, source: PlanSource(sha256: "0", sidecar: Sidecar()))
        #expect(plan.warnings.map(\.code) == ["colourAssumed"] && plan.still?.color == nil)
    }

    @Test func theUsualNumbersNeedNothing() throws {
        let file = try PNGChunk.insert(
            "cICP", [1, 13, 0, 1], into: run.halves("#c83232", "#32a050"), for: run)
        try run.run(file, recipe: .small)
        #expect(run.plan?.color == nil)
        try expectTheHalves(within: 0)
    }
}

/// JPEG XL by `cjxl`, whose decoder hands the same facts on as a profile.
@Suite struct JPEGXLColorTests {
    let run: StillRun

    init() throws { run = try StillRun() }

    private func encode(_ file: URL, _ options: [String]) throws -> URL {
        let made = run.fixture("made.jxl")
        try Oracle.run("cjxl", [file.path, made.path] + options)
        return made
    }

    @Test func displayP3IsConverted() throws {
        let file = try run.halves("#c83232", "#32a050")
        let wide = run.fixture("p3.png")
        try Oracle.run(
            "vips", ["icc_transform", file.path, wide.path, "p3", "--input-profile", "srgb"])
        let plain = run.fixture("plain.png")
        try Oracle.run("vips", ["copy", wide.path, plain.path + "[strip]"])
        try run.run(
            encode(plain, ["-d", "0", "-x", "color_space=RGB_D65_DCI_Per_SRG"]), recipe: .small)
        #expect(isNear(try pixel(run.fallback(320), 0.2, 0.5), [200, 50, 50], within: 3))
    }

    @Test func highDynamicRangeIsToneMapped() throws {
        let file = try run.halves("#808080", "#949494")
        try run.run(
            encode(file, ["-d", "0", "-x", "color_space=RGB_D65_202_Per_PeQ"]), recipe: .small)
        #expect(run.plan?.color?.toneMapPeakNits == 1000)
        // 92 cd/m² by SMPTE ST 2084, 0.45 of reference white: a middle grey, not nearly black.
        let grey = try pixel(run.fallback(320), 0.2, 0.5)
        #expect(grey.allSatisfy { (150...185).contains($0) }, "\(grey)")
    }

    /// The decoder turns the picture; what EXIF says then must not turn it once more.
    @Test func orientationIsAppliedOnce() throws {
        let file = run.fixture("turned.jpg")
        try Oracle.run("vips", ["copy", run.halves("red", "blue").path, file.path + "[Q=95]"])
        try Oracle.run(
            "exiftool", ["-q", "-overwrite_original", "-n", "-Orientation=6", file.path])
        var recipe = Recipe.small
        recipe.image.widths = [100]
        try run.run(encode(file, ["-j", "0"]), recipe: recipe)
        #expect(run.info?.image?.displaySize == PixelSize(width: 200, height: 400))
        #expect(isNear(try pixel(run.fallback(100), 0.5, 0.1), [254, 0, 0], within: 12))
    }
}
