import Foundation
import MediaModel
import Planning
import TestSupport
import Testing

/// Which page of a TIFF is the picture.
@Suite struct TIFFPageTests {
    let run: StillRun

    init() throws {
        run = try StillRun()
    }

    /// A grey page, of one brightness.
    private func page(
        _ width: Int, _ height: Int, brightness: UInt8, isReduced: Bool
    ) -> TIFFFile.Directory {
        let pixels = [UInt8](repeating: brightness, count: width * height)
        return .init([
            254: .long(isReduced ? 1 : 0), 256: .long(UInt32(width)), 257: .long(UInt32(height)),
            258: .short(8), 259: .short(1), 262: .short(1), 273: .place(of: pixels),
            277: .short(1), 278: .long(UInt32(height)), 279: .long(UInt32(pixels.count)),
        ])
    }

    private func write(_ file: TIFFFile) throws -> URL {
        let url = run.fixture("a.tif")
        try file.data.write(to: url)
        return url
    }

    @Test(arguments: [true, false])
    func aReducedFirstPageIsNotThePicture(isLittleEndian: Bool) throws {
        var tiff = TIFFFile([
            page(16, 10, brightness: 40, isReduced: true),
            page(160, 100, brightness: 200, isReduced: false),
        ])
        tiff.isLittleEndian = isLittleEndian
        let file = try write(tiff)
        // Another reader agrees about what the second page is.
        #expect(try Oracle.run("vipsheader", ["-f", "width", "\(file.path)[page=1]"]) == "160")
        try run.run(file, recipe: .small)
        #expect(run.info?.format == "tiff")
        #expect(run.info?.image?.codedSize == PixelSize(width: 160, height: 100))
        #expect(run.info?.image?.pageCount == 1)
        #expect(run.plan?.page == 1)
        #expect(run.info?.warnings == [])
        for artifact in run.events.artifacts {
            let name = artifact.description.name
            #expect(isNear(try pixel(run.image(name), 0.5, 0.5), [200, 200, 200]), "\(name)")
        }
    }

    @Test func pagesOfADocumentStayPages() throws {
        let file = try write(
            TIFFFile([
                page(160, 100, brightness: 40, isReduced: false),
                page(160, 100, brightness: 200, isReduced: false),
            ]))
        try run.run(file, recipe: .small)
        #expect(run.info?.image?.pageCount == 2)
        #expect(run.plan?.page == 0)
        #expect(isNear(try pixel(run.fallback(160), 0.5, 0.5), [40, 40, 40]))
    }

    @Test func whenAllAreReducedTheFirstIsThePicture() throws {
        let file = try write(
            TIFFFile([
                page(16, 10, brightness: 40, isReduced: true),
                page(8, 5, brightness: 200, isReduced: true),
            ]))
        let info = try run.probe(file)
        #expect(info.image?.page == 0)
        #expect(info.image?.codedSize == PixelSize(width: 16, height: 10))
        #expect(info.warnings.map(\.code) == ["reducedPicture"])
        #expect(info.image?.pageCount == 1)
    }

    @Test func thePyramidOfAPictureIsOnePage() throws {
        let picture = try run.testPicture("a.png", width: 400, height: 300)
        let file = run.fixture("pyramid.tif")
        try Oracle.run(
            "vips",
            [
                "tiffsave", picture.path, file.path, "--pyramid", "--tile", "--tile-width", "64",
                "--tile-height", "64",
            ])
        #expect(try Oracle.run("vipsheader", ["-f", "n-pages", file.path]) != "1")
        let info = try run.probe(file)
        #expect(info.image?.codedSize == PixelSize(width: 400, height: 300))
        #expect(info.image?.page == 0 && info.image?.pageCount == 1)
    }
}
