import Foundation
import MediaModel
import Planning
import Testing
import Vips

/// Turned and mirrored pictures: every corner of every derivative is where it should be seen, and
/// nothing tells a reader to turn it once more.
@Suite struct StillOrientationTests {
    let run: StillRun

    init() throws { run = try StillRun() }

    private func tag(_ file: URL, _ orientation: Int) throws {
        try Oracle.run(
            "exiftool",
            ["-q", "-overwrite_original", "-n", "-Orientation=\(orientation)", file.path])
    }

    private func expectTheCorners(_ expected: [[Int]]) throws {
        let pictures = run.events.artifacts.filter { $0.description.role == .image }
        #expect(!pictures.isEmpty)
        for artifact in pictures {
            let name = artifact.description.name
            let found = try FourCorners.seen(run.image(name))
            #expect(areNear(found, expected), "\(name): \(found)")
            let left = try Oracle.exif(["-n", "-Orientation"], run.file(name))
            #expect(left.isEmpty || left == "1", "\(name): \(left)")
        }
    }

    /// Pillow and, of TIFF, ImageMagick read the tag, too, and turn by code of their own.
    @Test(arguments: ["a.jpg", "a.png", "a.tif", "a.webp"], 1...8)
    func exifMovesEveryCorner(name: String, orientation: Int) throws {
        let options = name == "a.webp" ? "lossless=True" : "quality=95"
        let file = try FourCorners.make(name, for: run, options: options)
        try tag(file, orientation)
        let theirs = try FourCorners.seen(
            name == "a.tif" ? run.seenByImageMagick(file) : run.seenByPillow(file))
        try #require(areNear(theirs, FourCorners.turned(orientation)), "\(theirs)")
        try run.run(file, recipe: .small)
        #expect(run.info?.image?.orientation == orientation)
        let display = run.info?.image?.displaySize
        #expect(
            display
                == PixelSize(
                    width: orientation < 5 ? 400 : 240, height: orientation < 5 ? 240 : 400))
        try expectTheCorners(theirs)
    }

    private func heif(_ name: String) throws -> URL {
        let picture = try FourCorners.make("four.png", for: run)
        let file = run.fixture(name)
        try Oracle.run(
            "vips",
            [
                "heifsave", picture.path, file.path, "--Q", "90", "--compression",
                name.hasSuffix("heic") ? "hevc" : "av1",
            ])
        return file
    }

    /// By the standard: first the turn, then the mirror.
    @Test(arguments: ["a.heic", "a.avif"], 1...8)
    func boxesMoveEveryCorner(name: String, orientation: Int) throws {
        let file = try HEIFTurn(orientation: orientation).apply(to: heif(name), for: run)
        try run.run(file, recipe: .small)
        #expect(
            run.info?.image?.displaySize
                == PixelSize(
                    width: orientation < 5 ? 400 : 240, height: orientation < 5 ? 240 : 400))
        try expectTheCorners(FourCorners.turned(orientation))
    }

    /// What EXIF says is for readers that know no boxes: the boxes have been applied, and are all
    /// that counts (ISO/IEC 23008-12, A.2.1), also where there are none.
    @Test(arguments: ["a.heic", "a.avif"], [(6, 6), (6, 3), (1, 6), (5, 8), (8, 2)])
    func whatEXIFSaysOfBoxesIsIgnored(name: String, boxes: (box: Int, exif: Int)) throws {
        let plain = try heif(name)
        try tag(plain, boxes.exif)
        let file = try HEIFTurn(orientation: boxes.box).apply(to: plain, for: run)
        #expect(try Oracle.exif(["-n", "-IFD0:Orientation"], file) == "\(boxes.exif)")
        try run.run(file, recipe: .small)
        try expectTheCorners(FourCorners.turned(boxes.box))
    }
}
