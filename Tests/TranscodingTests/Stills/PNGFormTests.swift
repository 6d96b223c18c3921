import Foundation
import MediaModel
import Planning
import Testing
import Vips

/// PNG as ImageMagick and Pillow write it: interlaced, deep, of a palette, with the ways to be
/// transparent that are no alpha channel.
@Suite struct PNGFormTests {
    let run: StillRun

    init() throws { run = try StillRun() }

    @Test(arguments: ["8", "16"])
    func interlacedPicturesAreWhole(depth: String) throws {
        let source = try FourCorners.make("four.png", for: run)
        let file = run.fixture("a.png")
        let form = depth == "16" ? "PNG48" : "PNG24"
        try Oracle.run(
            "convert",
            [source.path, "-interlace", "PNG", "-depth", depth, "\(form):\(file.path)"])
        try #require(try Oracle.exif(["-PNG:Interlace"], file) == "Adam7 Interlace")
        try #require(try Oracle.exif(["-PNG:BitDepth"], file) == depth)
        try run.run(file, recipe: .width(400))
        #expect(run.info?.image?.bitDepth == Int(depth))
        // Flat: nothing is lost.
        #expect(try difference(run.image("image-400.png"), run.seenByPillow(source)) == 0)
    }

    @Test func deepGreyInterlacedIsAsBright() throws {
        let file = run.fixture("grey.png")
        try Oracle.run(
            "convert",
            [
                "-size", "400x240", "gradient:black-white", "-depth", "16", "-interlace", "PNG",
                "-define", "png:color-type=0", file.path,
            ])
        try #require(try Oracle.exif(["-PNG:ColorType", "-PNG:BitDepth"], file).contains("16"))
        try run.run(file, recipe: .width(400))
        let found = try difference(run.fallback(400), run.seenByImageMagick(file))
        #expect(found < 1.5, "\(found)")
    }

    /// Pillow writes a chunk `tRNS` for each of them: a share for every entry of the palette, or one
    /// colour that is clear.
    @Test(arguments: [
        ("palette", "image.save(args[0], transparency=bytes([255, 128, 0]))"),
        ("grey", "image.convert('L').save(args[0], transparency=200)"),
        ("colour", "image.convert('RGB').save(args[0], transparency=(30, 30, 200))"),
    ])
    func transparencyWithoutAChannelIsKept(kind: String, save: String) throws {
        let file = run.fixture("a.png")
        try run.pillow(
            """
            image = Image.new("P", (360, 240))
            image.putpalette([200, 30, 30, 200, 200, 200, 30, 30, 200])
            image.paste(1, (120, 0, 240, 240))
            image.paste(2, (240, 0, 360, 240))
            \(save)
            """, file.path)
        try #require(try Data(contentsOf: file).range(of: Data("tRNS".utf8)) != nil)
        let expected = try run.seenByPillow(file, as: "RGBA")
        try run.run(file, recipe: .width(360))
        #expect(run.info?.image?.hasAlpha == true)
        let pictures = run.events.artifacts.filter { $0.description.role == .image }
        for artifact in pictures {
            // A grey one's own pixels are kept: it still is grey.
            let found = try run.seenByPillow(run.file(artifact.description.name), as: "RGBA")
            for x in [0.1, 0.5, 0.9] {
                let (ours, theirs) = (try pixel(found, x, 0.5), try pixel(expected, x, 0.5))
                // Clear pixels have no colour that counts.
                #expect(
                    ours[3] == theirs[3] && (ours[3] == 0 || ours == theirs),
                    "\(kind): \(artifact.description.name) \(x): \(ours), not \(theirs)")
            }
        }
    }
}
