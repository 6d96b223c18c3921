import Foundation
import MediaModel
import Planning
import Testing
import Vips

/// Every way a JPEG is coded, by `cjpeg`, Pillow and ImageMagick: decoded, or refused by its name; and
/// what is published is what every browser decodes.
@Suite struct JPEGFormTests {
    let run: StillRun

    init() throws { run = try StillRun() }

    /// Smooth in most places and sharp in some, so that losses are small and mistakes are not.
    private func picture() throws -> URL {
        let file = run.fixture("source.ppm")
        try Oracle.run(
            "ffmpeg",
            [
                "-v", "error", "-f", "lavfi", "-i", "mandelbrot=size=400x300", "-frames:v", "1",
                "-pix_fmt", "rgb24", file.path,
            ])
        return file
    }

    private func encode(_ options: [String]) throws -> URL {
        let file = run.fixture("a.jpg")
        try Oracle.run(
            "cjpeg", options + ["-quality", "95", "-outfile", file.path, picture().path])
        return file
    }

    /// No decoder of a browser knows arithmetic coding, four inks, or more than 8 bits.
    private func expectWhatBrowsersDecode(components: [String] = ["3"]) throws {
        for artifact in run.events.artifacts
        where artifact.description.mediaType == "image/jpeg" {
            let file = run.directory.appendingPathComponent(artifact.file.path)
            let coding = try Oracle.exif(["-File:EncodingProcess"], file)
            #expect(
                ["Baseline DCT, Huffman coding", "Progressive DCT, Huffman coding"].contains(
                    coding),
                "\(artifact.description.name): \(coding)")
            let count = try Oracle.exif(["-File:ColorComponents"], file)
            #expect(components.contains(count), "\(artifact.description.name): \(count)")
            #expect(try Oracle.exif(["-File:BitsPerSample"], file) == "8")
        }
    }

    @Test(arguments: [
        (["-progressive"], "Progressive DCT, Huffman coding"),
        (["-baseline", "-restart", "1", "-sample", "2x2"], "Baseline DCT, Huffman coding"),
        (["-sample", "4x1"], "Baseline DCT, Huffman coding"),
        (["-sample", "1x2"], "Baseline DCT, Huffman coding"),
        (["-rgb"], "Baseline DCT, Huffman coding"),
        (["-arithmetic"], "Extended sequential DCT, arithmetic coding"),
        (["-arithmetic", "-progressive"], "Progressive DCT, arithmetic coding"),
    ])
    func everyCodingHasThePicturesColours(options: [String], process: String) throws {
        let file = try encode(options)
        try #require(try Oracle.exif(["-File:EncodingProcess"], file) == process)
        try run.run(file, recipe: .width(400))
        #expect(run.info?.warnings == [] && run.events.warnings == [])
        let source = run.fixture("source.png")
        try Oracle.run("convert", [run.fixture("source.ppm").path, source.path])
        let found = try difference(run.fallback(400), pngImage(source))
        // Filaments at quality 95 and again at 82 measure 4.3 to 5.
        #expect(found < 6, "\(found)")
        try expectWhatBrowsersDecode()
    }

    /// Halfway up an untagged grey is the sRGB grey of that number, in every channel.
    @Test func greyStaysGrey() throws {
        let file = try encode(["-grayscale"])
        try run.run(file, recipe: .width(400))
        #expect(run.info?.image?.interpretation == "b-w")
        let found = try difference(run.fallback(400), run.seenByPillow(file))
        #expect(found < 3, "\(found)")
        try expectWhatBrowsersDecode(components: ["1", "3"])
    }

    /// Adobe's segment says whether inks are coded as they are (Pillow) or as luma, chroma and black
    /// (ImageMagick); both store what is left of the paper. Pillow says how much ink it is, and the
    /// `vips` program what it looks like.
    @Test(arguments: [false, true])
    func inkHasTheColoursThatOthersSee(isYCCK: Bool) throws {
        let source = try FourCorners.make("four.png", for: run)
        let file = run.fixture("ink.jpg")
        if isYCCK {
            try Oracle.run(
                "convert", [source.path, "-colorspace", "CMYK", "-quality", "97", file.path])
        } else {
            try run.pillow(
                "Image.open(args[0]).convert('CMYK').save(args[1], quality=97)", source.path,
                file.path)
        }
        let transform = try Oracle.exif(["-Adobe:ColorTransform"], file)
        try #require(transform == (isYCCK ? "YCCK" : "Unknown (RGB or CMYK)"))
        let (ink, seen) = (run.fixture("ink.tif"), run.fixture("seen.png"))
        try run.pillow("Image.open(args[0]).save(args[1])", file.path, ink.path)
        try Oracle.run(
            "vips",
            [
                "icc_transform", ink.path, seen.path, "srgb", "--input-profile", "cmyk",
                "--black-point-compensation",
            ])
        try run.run(file, recipe: .width(400))
        #expect(run.info?.image?.interpretation == "cmyk" && run.info?.warnings == [])
        let expected = try FourCorners.seen(pngImage(seen))
        for artifact in run.events.artifacts where artifact.description.role == .image {
            let found = try FourCorners.seen(run.image(artifact.description.name))
            #expect(
                areNear(found, expected, within: 8),
                "\(artifact.description.name): \(found), not \(expected)")
        }
        try expectWhatBrowsersDecode()
    }

    /// The frame's marker and its precision decide; nothing behind them is looked at.
    @Test(arguments: [
        (0xC1, 12, "a JPEG of more than 8 bits"), (0xC0, 12, "a JPEG of more than 8 bits"),
        (0xC3, 8, "a lossless or hierarchical JPEG"), (0xC5, 8, "a lossless or hierarchical JPEG"),
        (0xCB, 8, "a lossless or hierarchical JPEG"),
    ])
    func whatTheLibraryDoesNotDecodeIsRefusedByName(
        marker: UInt8, precision: UInt8, name: String
    ) throws {
        let file = try encode(["-baseline"])
        var bytes = try [UInt8](Data(contentsOf: file))
        let frame = try #require(
            bytes.indices.dropLast().first { bytes[$0] == 0xFF && bytes[$0 + 1] == 0xC0 })
        bytes[frame + 1] = marker
        bytes[frame + 4] = precision
        try Data(bytes).write(to: file)
        let failure = try #require(throws: Failure.self) {
            try run.run(file, recipe: .small)
        }
        #expect(failure.kind == .unsupported && failure.code == "noDecoder", "\(failure)")
        #expect(failure.operatorText.contains(name), "\(failure.operatorText)")
        #expect(failure.uploaderText.contains(name), "\(failure.uploaderText)")
    }
}
