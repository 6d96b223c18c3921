import Foundation
import MediaModel
import Planning
import TestSupport
import Testing
import Vips

@testable import Transcoding

/// Photoshop documents by their flattened picture. ImageMagick, which the `vips` program asks, and
/// Pillow say what it is.
@Suite struct PhotoshopTests {
    let run: StillRun

    init() throws { run = try StillRun() }

    /// Three channels that differ in every row and column, with runs to pack.
    private static func ramps(width: Int, height: Int, count: Int = 3) -> [[UInt8]] {
        (0..<count).map { channel in
            (0..<width * height).map { index in
                let (x, y) = (index % width, index / width)
                return UInt8((x / 8 * 8 + y * (channel + 1) + channel * 60) % 256)
            }
        }
    }

    private func write(_ document: PhotoshopDocument) throws -> URL {
        let file = run.fixture("document.psd")
        try Data(document.bytes).write(to: file)
        return file
    }

    /// What the engine decodes, before anything is made of it.
    private func decoded(_ file: URL) throws -> Image {
        let handle = try FileHandle(forReadingFrom: file)
        defer { try? handle.close() }
        return try WholeLoader.psd.load(handle.fileDescriptor, isStrict: true)
    }

    @Test(arguments: [false, true], [false, true])
    func theFlattenedPictureIsWhatOthersRead(isPacked: Bool, isLarge: Bool) throws {
        var document = PhotoshopDocument(
            width: 90, height: 40, mode: 3, channels: Self.ramps(width: 90, height: 40))
        document.isPacked = isPacked
        document.isLarge = isLarge
        let file = try write(document)
        let seen = run.fixture("seen.png")
        if isLarge {
            try Oracle.run("vips", ["magickload", file.path, seen.path])
        } else {
            try Oracle.run(
                "/usr/bin/python3",
                ["-c", "import sys, PIL.Image as i; i.open(sys.argv[1]).save(sys.argv[2])"]
                    + [file.path, seen.path])
        }
        let expected = try Image.load(
            Source(bytes: [UInt8](Data(contentsOf: seen))), with: .png)
        #expect(try decoded(file).pixels() == expected.extractingBands(from: 0, count: 3).pixels())
    }

    @Test func sixteenBitsKeepTheirOrder() throws {
        let wide = Self.ramps(width: 64, height: 30).map { $0.flatMap { [$0, $0 &+ 7] } }
        var document = PhotoshopDocument(width: 64, height: 30, mode: 3, channels: wide)
        document.depth = 16
        let file = try write(document)
        let (seen, flat) = (run.fixture("seen.v"), run.fixture("flat.v"))
        try Oracle.run("vips", ["magickload", file.path, seen.path])
        try Oracle.run("vips", ["rawsave", seen.path, flat.path])
        let picture = try decoded(file)
        #expect(picture.format == .ushort)
        #expect(try picture.pixels() == [UInt8](Data(contentsOf: flat)))
    }

    @Test func savedSelectionsAreNoTransparency() throws {
        let channels = Self.ramps(width: 64, height: 32, count: 5)
        var document = PhotoshopDocument(width: 64, height: 32, mode: 3, channels: channels)
        document.layers = 2
        let picture = try decoded(write(document))
        #expect(picture.bands == 3 && !picture.hasAlpha)
        #expect(try picture.pixels().count == 64 * 32 * 3)
    }

    /// Photoshop stores colours as they look on white; what is shown has them as they were.
    @Test func transparencyIsKeptWithoutItsWhite() throws {
        let (colour, alphas): ([UInt8], [UInt8]) = ([200, 40, 0], [255, 128, 0])
        let plain = (0..<3).map { channel in
            (0..<300 * 30).map { index -> UInt8 in
                let alpha = Int(alphas[index % 300 / 100])
                return UInt8((Int(colour[channel]) * alpha + 255 * (255 - alpha) + 127) / 255)
            }
        }
        let mask = (0..<300 * 30).map { alphas[$0 % 300 / 100] }
        var document = PhotoshopDocument(
            width: 300, height: 30, mode: 3, channels: plain + [mask])
        document.layers = -1
        document.isPacked = true
        let file = try write(document)
        let picture = try decoded(file)
        #expect(try pixel(picture, 0.1, 0.5) == [200, 40, 0, 255])
        #expect(isNear(try pixel(picture, 0.5, 0.5), [200, 40, 0, 128], within: 2))
        #expect(try picture.values(x: 290, y: 10).last == 0)
        try run.run(file, recipe: .small)
        #expect(isNear(try pixel(run.image("image-300.png"), 0.1, 0.5), [200, 40, 0], within: 2))
        #expect(try pixel(run.image("image-300.png"), 0.95, 0.5).last == 0)
    }

    @Test func inkIsConvertedWithAProfile() throws {
        // Stored as the paper that is left: no cyan, all magenta, all yellow, no black is red.
        let channels = [255, 0, 0, 255].map { [UInt8](repeating: $0, count: 100 * 100) }
        let file = try write(
            PhotoshopDocument(width: 100, height: 100, mode: 4, channels: channels))
        try run.run(file, recipe: .small)
        let (ink, seen) = (run.fixture("ink.tif"), run.fixture("seen.png"))
        try Oracle.run(
            "/usr/bin/python3",
            ["-c", "import sys, PIL.Image as i; i.open(sys.argv[1]).save(sys.argv[2])"]
                + [file.path, ink.path])
        try Oracle.run(
            "vips",
            [
                "icc_transform", ink.path, seen.path, "srgb", "--input-profile", "cmyk",
                "--black-point-compensation",
            ])
        let expected = try Image.load(
            Source(bytes: [UInt8](Data(contentsOf: seen))), with: .png)
        #expect(
            isNear(try pixel(run.fallback(100), 0.5, 0.5), try pixel(expected, 0.5, 0.5), within: 3)
        )
    }

    @Test func theProfileAndTheCreditAreFound() throws {
        let tagged = try Image.plain(width: 8, height: 8, colour: [255, 0, 0])
            .transformed(toProfile: "p3", input: "srgb")
        let bytes = try #require(tagged.blob(Field.iccProfile))
        var document = PhotoshopDocument(
            width: 60, height: 60, mode: 3,
            channels: [255, 0, 0].map { [UInt8](repeating: $0, count: 3600) })
        let credit = "<x><dc:creator><rdf:Seq><rdf:li>Ada</rdf:li></rdf:Seq></dc:creator></x>"
        document.resources = [(1005, [1, 2, 3]), (1039, bytes), (1060, Array(credit.utf8))]
        let info = try run.probe(write(document))
        #expect(info.image?.hasProfile == true && info.image?.isWideGamut == true)
        #expect(info.tags["creator"] == "Ada")
    }

    @Test func layersAloneAreRefusedByName() throws {
        var document = PhotoshopDocument(
            width: 20, height: 20, mode: 3, channels: Self.ramps(width: 20, height: 20))
        document.resources = [(1057, [0, 0, 0, 1, 0, 0, 0, 0, 0])]
        let failure = try #require(throws: Failure.self) { try run.probe(write(document)) }
        #expect(failure.kind == .unsupported && failure.code == "noFlattenedPicture")
    }

    @Test func aLyingHeaderTakesNoMemory() throws {
        var document = PhotoshopDocument(
            width: 20, height: 20, mode: 4,
            channels: Self.ramps(width: 20, height: 20, count: 4))
        document.depth = 16
        var bytes = document.bytes
        // 9,000 by 11,000 in ink of 16 bits: a picture, and a fitting one, that is not there.
        bytes.replaceSubrange(14..<22, with: [0, 0, 0x2A, 0xF8, 0, 0, 0x23, 0x28])
        let file = run.fixture("lie.psd")
        try Data(bytes).write(to: file)
        var limits = Limits()
        limits.stillAddressSpace = 1 << 30
        let failure = try #require(throws: Failure.self) { try run.probe(file, limits: limits) }
        #expect(failure.code == "stillAddressSpace" && failure.operatorText.contains("755 MiB"))
        limits.stillPixels = 1_000_000
        let other = try #require(throws: Failure.self) { try run.probe(file, limits: limits) }
        #expect(other.code == "stillPixels")
    }

    @Test func whatEndsEarlyIsShownWithAWarning() throws {
        var document = PhotoshopDocument(
            width: 200, height: 200, mode: 3, channels: Self.ramps(width: 200, height: 200))
        document.isPacked = true
        let cut = try run.truncated(write(document), to: 0.9)
        try run.run(cut, recipe: .small)
        #expect(run.events.warnings == ["truncatedSource"])
    }

    @Test(.enabled(if: Corpus.isThere, Corpus.missing))
    func aRealDocumentLooksAsInItsOwnProgram() throws {
        let file = Corpus.file("image-psd-layers-icc.psd")
        let seen = run.fixture("seen.png")
        try Oracle.run("vips", ["magickload", file.path, seen.path])
        let expected = try Image.load(
            Source(bytes: [UInt8](Data(contentsOf: seen))), with: .png)
        #expect(try decoded(file).pixels() == expected.extractingBands(from: 0, count: 3).pixels())
        #expect(try run.probe(file).image?.hasProfile == true)
    }
}
