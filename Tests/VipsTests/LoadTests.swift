import Foundation
import Testing
import Vips

@Suite struct LoadTests {
    let scratch: Scratch

    init() throws {
        try Runtime.start()
        scratch = try Scratch()
    }

    @Test(arguments: [
        (Loader.jpeg, "a.jpg"), (.png, "a.png"), (.webp, "a.webp"), (.gif, "a.gif"),
        (.tiff, "a.tif"), (.heif, "a.avif"),
    ])
    func readsAFormatFromADescriptorAlone(loader: Loader, name: String) throws {
        let file = try scratch.photograph(name)
        let image = try load(file, with: loader)
        // The descriptor is closed and the file gone: the source lives on its own duplicate.
        try FileManager.default.removeItem(at: file)
        #expect(image.width == 400)
        #expect(image.height == 300)
        #expect(abs(try image.extractingBands(from: 0).average() - 127) < 12)
    }

    @Test func twoSourcesOverOneDescriptorDoNotDisturbEachOther() throws {
        let file = try scratch.photograph("a.jpg", width: 1_200, height: 900)
        let handle = try FileHandle(forReadingFrom: file)
        let one = try Image.load(Source(descriptor: handle.fileDescriptor), with: .jpeg)
        let two = try Image.load(Source(descriptor: handle.fileDescriptor), with: .jpeg)
        let both = try one.joined(with: two, .horizontal)
        #expect(try both.average() == one.average())
        #expect(try handle.offset() == 0)
    }

    @Test(arguments: [(Loader.jpeg, "a.jpg"), (.tiff, "a.tif"), (.heif, "a.avif")])
    func aPartOfAFileIsReadAsIfItWereTheFile(loader: Loader, name: String) throws {
        // TIFF and AVIF are read with seeks, also from the end.
        let alone = try scratch.photograph(name)
        let picture = try Data(contentsOf: alone)
        let before = Data(repeating: 0xFF, count: 4_099)
        let file = scratch["parts"]
        try (before + picture + Data(repeating: 0xD9, count: 70_000)).write(to: file)
        let handle = try FileHandle(forReadingFrom: file)
        let source = try Source(
            descriptor: handle.fileDescriptor, offset: Int64(before.count),
            length: Int64(picture.count))
        let image = try Image.load(source, with: loader)
        #expect((image.width, image.height) == (400, 300))
        #expect(try image.average() == load(alone, with: loader).average())
    }

    @Test func aPartEndsWhereItEnds() throws {
        let picture = try Data(contentsOf: scratch.photograph("a.jpg", width: 1_000, height: 800))
        let file = try scratch.write([UInt8](picture), "whole")
        let handle = try FileHandle(forReadingFrom: file)
        let half = try Source(
            descriptor: handle.fileDescriptor, length: Int64(picture.count / 2))
        let image = try Image.load(half, with: .jpeg, LoadOptions(failOn: .truncated))
        #expect(throws: VipsError.self) { try image.average() }
        // Behind the end of the file there is nothing, and nothing traps.
        let beyond = try Source(
            descriptor: handle.fileDescriptor, offset: 1 << 40, length: 1 << 40)
        #expect(throws: VipsError.self) { try Image.load(beyond, with: .tiff) }
    }

    @Test(arguments: [(-1, 1), (1, -1), (.max, .max), (1, .max)] as [(Int64, Int64)])
    func whatIsNoPartIsAnError(offset: Int64, length: Int64) throws {
        let handle = try FileHandle(forReadingFrom: scratch.photograph("a.jpg"))
        #expect(throws: VipsError.self) {
            try Source(descriptor: handle.fileDescriptor, offset: offset, length: length)
        }
    }

    @Test func readsFromMemory() throws {
        let file = try scratch.photograph("a.png")
        let image = try Image.load(Source(bytes: [UInt8](Data(contentsOf: file))), with: .png)
        #expect(image.width == 400)
        #expect(try image.average() > 0)
    }

    @Test func shrinkOnLoadDecodesASmallerPicture() throws {
        let file = try scratch.photograph("a.jpg", width: 800, height: 600)
        let image = try load(file, with: .jpeg, LoadOptions(shrink: 4))
        #expect((image.width, image.height) == (200, 150))
    }

    @Test func pagesAndDelaysOfAnAnimationAreKnown() throws {
        let file = scratch["a.gif"]
        try Oracle.run(
            "ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc=size=64x48:rate=10:duration=1",
            file.path)
        let image = try load(file, with: .gif, LoadOptions(pages: -1))
        #expect(image.pageCount == 10)
        #expect(image.pageHeight == 48)
        #expect(image.height == 480)
        #expect(image.delays == Array(repeating: 100, count: 10))
        #expect(image.loop == 0)
    }

    @Test func aFileThatIsNotOfTheLoadersFormatIsAnErrorWithOperationAndDetail() throws {
        let file = try scratch.write(Array("{\"not\": \"a picture\"}".utf8), "a.jpg")
        let error = try #require(throws: VipsError.self) { try load(file, with: .jpeg) }
        #expect(error.operation == "jpegload_source")
        #expect(error.kind == .failed)
        #expect(error.detail.contains("Not a JPEG") || error.detail.contains("JPEG"))
        #expect(error.description.hasPrefix("jpegload_source: "))
    }

    @Test func truncationFailsOnlyWhenAskedTo() throws {
        let whole = try scratch.photograph("a.jpg", width: 1_000, height: 800)
        let bytes = [UInt8](try Data(contentsOf: whole))
        let file = try scratch.write(Array(bytes.prefix(bytes.count / 2)), "half.jpg")
        #expect(try load(file, with: .jpeg).average() > 0)
        let strict = try load(file, with: .jpeg, LoadOptions(failOn: .truncated))
        #expect(throws: VipsError.self) { try strict.average() }
    }

    @Test(arguments: ["ppmload_source", "pdfload_source", "magickload_buffer", "vipsload_source"])
    func parsersThatAreNotTrustedAreBlocked(loader: String) throws {
        try #require(Runtime.hasOperation(loader))
        #expect(!Runtime.canUse(loader))
        let error = try #require(throws: VipsError.self) { _ = try Operation(loader) }
        #expect(error.kind == .blocked)
        #expect(error.operation == loader)
    }

    @Test func whatIsAllowedLaterIsAllowed() throws {
        // One that no test looks for among the blocked.
        try #require(!Runtime.canUse("fitsload_source"))
        try Runtime.start(allowing: ["VipsForeignLoadFits"])
        #expect(Runtime.canUse("fitsload_source"))
    }

    @Test func theFormatsOfThisProductAreNotBlocked() {
        for loader in [Loader.jpeg, .png, .webp, .gif, .tiff, .heif] {
            #expect(Runtime.canUse(loader.rawValue), "\(loader)")
        }
    }
}
