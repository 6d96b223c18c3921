import Foundation
import MediaModel
import Planning
import Testing
import Transcoding
import Vips

@Suite struct StillWriterTests {
    let run: StillRun

    init() throws {
        run = try StillRun()
    }

    private func frame(_ width: Int, _ height: Int, _ colour: [UInt8]) -> PackedFrame {
        PackedFrame(
            width: width, height: height, channels: colour.count,
            pixels: (0..<width * height).flatMap { _ in colour })
    }

    /// What the planner asks for, for a picture of the first width.
    private func pictures(_ widths: [Int], height: Int) throws -> [Picture] {
        var recipe = Recipe()
        recipe.image.widths = widths
        let image = ImageInfo(
            loader: "jpegload_source", codedSize: PixelSize(width: widths[0], height: height),
            bands: 3)
        let plan = try Planner(cores: 2).plan(
            MediaInfo(
                kind: .image, format: "jpeg", mediaType: "image/jpeg", byteCount: 1, image: image),
            recipe: recipe, source: PlanSource(sha256: "0", sidecar: Sidecar()))
        return try #require(plan.still).pictures.filter { $0.output.role == .image }
    }

    private func writer() throws -> StillWriter {
        let events = run.events
        return StillWriter(scratch: try run.scratch(), credit: Credit(creator: "Ada")) {
            events.add($0)
        }
    }

    @Test func aFrameBecomesPostersWithCreditAndAPlaceholder() throws {
        try writer().writePictures(
            try pictures([200, 100], height: 120), from: frame(200, 120, [200, 40, 40]),
            reportPlaceholder: true)
        // AVIF and WebP of a plain colour may be heavier than JPEG.
        #expect(run.events.artifacts.count + run.events.leftOut.count == 6)
        #expect(run.events.placeholders.map(\.dominantColor) == ["#c82828"])
        let made = try run.file("image-100.jpg")
        #expect(try Oracle.exif(["-ImageSize"], made) == "100x60")
        #expect(try Oracle.exif(["-XMP-dc:Creator"], made) == "Ada")
        #expect(isNear(try pixel(run.image("image-100.jpg"), 0.5, 0.5), [200, 40, 40]))
    }

    @Test func aFrameSmallerThanItsPosterIsOurMistakeAndNotEnlarged() throws {
        let failure = try #require(throws: Failure.self) {
            try writer().writePictures(
                pictures([400], height: 240), from: frame(200, 120, [1, 2, 3]),
                reportPlaceholder: false)
        }
        #expect(failure.kind == .internalError)
        #expect(run.events.artifacts.isEmpty)
    }

    @Test func aSheetHoldsItsTilesRowByRow() throws {
        let tiles = [[250, 0, 0], [0, 250, 0], [0, 0, 250]].map {
            frame(32, 16, $0.map { UInt8($0) })
        }
        let sheet = try Image.load(
            Source(bytes: writer().spriteSheet(tiles, columns: 2, quality: 90)), with: .jpeg)
        #expect((sheet.width, sheet.height) == (64, 32))
        #expect(isNear(try pixel(sheet, 0.2, 0.2), [250, 0, 0], within: 12))
        #expect(isNear(try pixel(sheet, 0.8, 0.2), [0, 250, 0], within: 12))
        #expect(isNear(try pixel(sheet, 0.2, 0.8), [0, 0, 250], within: 12))
        #expect(isNear(try pixel(sheet, 0.8, 0.8), [0, 0, 0], within: 12))
    }

    @Test func aCoverIsNeverLargerThanItIs() throws {
        let bytes = [UInt8](try Data(contentsOf: run.testPicture("c.jpg", width: 500, height: 400)))
        try writer().writeCover(
            pictures([1_280, 640, 320], height: 1_280), from: bytes, limits: Limits(),
            reportPlaceholder: true)
        let sizes = Set(
            run.events.artifacts.map {
                "\($0.description.width ?? 0)x\($0.description.height ?? 0)"
            })
        #expect(sizes == ["500x400", "320x256"])
        #expect(run.events.placeholders.map(\.aspectRatio) == [1.25])
    }

    @Test func aCoverThatIsNoPictureIsRefused() throws {
        let failure = try #require(throws: Failure.self) {
            try writer().writeCover(
                pictures([320], height: 320), from: Array("#EXTM3U\n".utf8), limits: Limits(),
                reportPlaceholder: false)
        }
        #expect(failure.kind == .invalidMedia)
    }
}
