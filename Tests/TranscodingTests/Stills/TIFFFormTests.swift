import Foundation
import MediaModel
import Planning
import Testing
import Vips

/// TIFF in the forms that scanners, editors and `libtiff`'s own programs give it.
@Suite struct TIFFFormTests {
    let run: StillRun

    init() throws { run = try StillRun() }

    /// Flat, so that the PNG that is made of it has lost nothing, and ImageMagick's is its equal.
    private func expectNothingIsLost(_ file: URL) throws {
        let expected = try run.seenByImageMagick(file)
        try #require(areNear(FourCorners.seen(expected), FourCorners.upright, within: 1))
        try run.run(file, recipe: .width(400))
        #expect(run.info?.image?.codedSize == PixelSize(width: 400, height: 240))
        #expect(run.info?.warnings == [] && run.events.warnings == [])
        #expect(try difference(run.image("image-400.png"), expected) == 0)
    }

    @Test(arguments: [
        ["--bigtiff"], ["--tile", "--tile-width", "64", "--tile-height", "64"],
        ["--bigtiff", "--tile", "--compression", "lzw", "--predictor", "horizontal"],
        ["--compression", "deflate"], ["--compression", "packbits"],
    ])
    func everyLayoutIsRead(options: [String]) throws {
        let file = run.fixture("a.tif")
        try Oracle.run(
            "vips", ["tiffsave", FourCorners.make("four.png", for: run).path, file.path] + options)
        // 43 in place of 42: numbers of 64 bits.
        #expect(try Data(contentsOf: file)[2] == (options.contains("--bigtiff") ? 43 : 42))
        try expectNothingIsLost(file)
    }

    @Test(arguments: [
        ["-p", "separate"], ["-B", "-c", "lzw"], ["-t", "-w", "32", "-l", "32"], ["-r", "7"],
    ])
    func whatTiffcpWritesIsRead(options: [String]) throws {
        let plain = try FourCorners.make("plain.tif", for: run)
        let file = run.fixture("a.tif")
        try Oracle.run("tiffcp", options + [plain.path, file.path])
        try expectNothingIsLost(file)
    }

    @Test func sixteenBitsAreRead() throws {
        let file = run.fixture("a.tif")
        try Oracle.run(
            "convert",
            [FourCorners.make("four.png", for: run).path, "-depth", "16", "TIFF64:\(file.path)"])
        try #require(try Oracle.exif(["-EXIF:BitsPerSample"], file).hasPrefix("16"))
        try expectNothingIsLost(file)
        #expect(run.info?.image?.bitDepth == 16)
    }

    @Test func ofManyPagesTheFirstIsShownAndItIsSaid() throws {
        let file = run.fixture("pages.tif")
        try run.pillow(
            """
            pages = [Image.new("RGB", (320, 200), c) for c in [(200, 30, 30), (30, 160, 30), (30, 30, 200)]]
            pages[0].save(args[0], save_all=True, append_images=pages[1:])
            """, file.path)
        let plan = try run.planned(file)
        #expect(plan.warnings.map(\.code) == ["firstPageOnly"])
        #expect(plan.warnings.first?.message == "Only the first of 3 pages is shown.")
        try run.run(file, recipe: .small)
        #expect(run.info?.image?.pageCount == 3)
        #expect(try pixel(run.fallback(320), 0.5, 0.5) == [200, 30, 30])
    }
}
