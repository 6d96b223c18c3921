import Foundation
import MediaModel
import Planning
import Testing
import Vips

@testable import Transcoding

/// Pictures that libavcodec decodes whole, written and judged by Pillow, `ffmpeg` and `vips`.
@Suite struct WholePictureTests {
    let run: StillRun

    init() throws { run = try StillRun() }

    private static let pillow = """
        import sys, PIL.Image as i
        a = i.open(sys.argv[1]).convert(sys.argv[3]); a.save(sys.argv[2], **eval(sys.argv[4]))
        i.open(sys.argv[2]).convert("RGBA" if "A" in a.mode else "RGB").save(sys.argv[2] + ".png")
        """

    /// Writes a picture with Pillow, which reads it again for what it should be.
    private func make(_ name: String, mode: String = "RGB", options: String = "{}") throws -> URL {
        let source = run.fixture("source.png")
        let form = mode.hasSuffix("A") ? "rgba" : "rgb24"
        try Oracle.run(
            "ffmpeg",
            [
                "-v", "error", "-f", "lavfi", "-i",
                "testsrc2=size=150x101:alpha=\(form == "rgba" ? 120 : 255),format=\(form)",
                "-frames:v", "1", source.path,
            ])
        let file = run.fixture(name)
        try Oracle.run(
            "/usr/bin/python3",
            ["-c", Self.pillow, source.path, file.path, mode, options])
        return file
    }

    private func seen(_ file: URL) throws -> Image {
        try Image.load(
            Source(bytes: [UInt8](Data(contentsOf: URL(filePath: file.path + ".png")))), with: .png)
    }

    private func decoded(_ file: URL) throws -> Image {
        let handle = try FileHandle(forReadingFrom: file)
        defer { try? handle.close() }
        let format = try FormatSniffer.sniff(descriptor: handle.fileDescriptor)
        return try #require(WholeLoader(rawValue: format.loader))
            .load(handle.fileDescriptor, isStrict: true)
    }

    @Test(arguments: [
        ("a.bmp", "RGB", "{}"), ("a.bmp", "P", "{}"), ("a.bmp", "L", "{}"), ("a.bmp", "1", "{}"),
        ("a.tga", "RGB", "{}"), ("a.tga", "RGBA", "{}"),
        ("a.tga", "P", "{}"), ("a.tga", "L", "{}"), ("a.tga", "RGB", "{'compression': 'tga_rle'}"),
        ("a.tga", "RGBA", "{'compression': 'tga_rle'}"), ("a.ppm", "RGB", "{}"),
        ("a.pgm", "L", "{}"), ("a.pbm", "1", "{}"),
    ])
    func pixelsAreWhatPillowWrote(name: String, mode: String, options: String) throws {
        let file = try make(name, mode: mode, options: options)
        var found = try decoded(file)
        if found.bands == 1 { found = try found.joiningBands([found, found]) }
        let expected = try seen(file)
        if found.bands == 3, expected.bands == 4 { found = try found.addingAlpha() }
        #expect(found.format == .uchar && found.bands == expected.bands)
        #expect(try found.pixels() == expected.pixels())
    }

    /// libvips writes behind the end of such a picture's memory.
    @Test func aPaletteInJPEG2000IsDecoded() throws {
        let file = run.fixture("palette.jp2")
        try Oracle.run(
            "ffmpeg",
            [
                "-v", "error", "-f", "lavfi", "-i", "testsrc2=size=160x120", "-frames:v", "1",
                "-pix_fmt", "pal8", file.path,
            ])
        #expect(try Data(contentsOf: file).range(of: Data("pclr".utf8)) != nil)
        try Oracle.run(
            "ffmpeg",
            ["-v", "error", "-i", file.path, "-pix_fmt", "rgb24", file.path + ".png"])
        #expect(try decoded(file).pixels() == seen(file).pixels())
        try run.run(file, recipe: .small)
        #expect(run.info?.format == "jp2" && run.info?.image?.hasAlpha == false)
        #expect(run.events.warnings.isEmpty)
    }

    /// Dithering and hard edges survive only without losses, whatever the format's way to say so.
    @Test(arguments: [
        ("palette.bmp", "P"), ("palette.tga", "P"), ("palette.tif", "P"), ("bits.bmp", "1"),
        ("bits.tif", "1"), ("bits.pbm", "1"),
    ])
    func whatHasFewColoursIsKeptExactly(name: String, mode: String) throws {
        let file = try make(name, mode: mode)
        try run.run(file, recipe: .small)
        #expect(run.info?.image?.isGraphic == true)
        let made = try run.image("image-150.png")
        #expect(try made.pixels() == seen(file).pixels())
    }

    /// libavcodec takes such a picture for one of 15-bit colours.
    @Test func greyTargasWithTransparencyAreRefusedByName() throws {
        let file = try make("grey.tga", mode: "LA")
        let failure = #expect(throws: Failure.self) { try run.probe(file) }
        #expect(failure?.code == "unsupportedFormat")
        #expect(failure?.operatorText.contains("grey Targa with transparency") == true)
    }

    @Test func everySizeIsMadeOfThem() throws {
        let file = try make("a.tga", mode: "RGBA")
        try run.run(file, recipe: .small)
        #expect(run.events.warnings.isEmpty)
        let made = try run.image("image-150.png")
        let expected = try seen(file)
        #expect(try made.pixels() == expected.pixels())
    }

    /// The `ffmpeg` program scales by the largest value that the file names.
    @Test(arguments: [("P5", 15, false), ("P5", 1023, true), ("P2", 100, false)])
    func graysAreSharesOfTheLargestValue(magic: String, largest: Int, isWide: Bool) throws {
        let file = run.fixture("share.pgm")
        var bytes = Array("\(magic)\n# half and all\n2 1\n\(largest)\n".utf8)
        let values = [largest / 2, largest]
        if magic == "P2" {
            bytes += Array(values.map(String.init).joined(separator: " ").utf8) + [0x0A]
        } else {
            bytes += values.flatMap { isWide ? [UInt8($0 >> 8), UInt8($0 & 255)] : [UInt8($0)] }
        }
        try Data(bytes).write(to: file)
        let found = try decoded(file)
        let white = isWide ? 65_535.0 : 255
        let shares = try [0, 1].map { try found.values(x: $0, y: 0)[0] / white }
        #expect(abs(shares[0] - Double(values[0]) / Double(largest)) < 0.01 && shares[1] > 0.999)
    }

    @Test func sixteenBitsAndTransparencyAreReadFromPAM() throws {
        let file = run.fixture("a.pam")
        let head = "P7\nWIDTH 20\nHEIGHT 16\nDEPTH 4\nMAXVAL 65535\nTUPLTYPE RGB_ALPHA\nENDHDR\n"
        let value: [UInt8] = [0x32, 0x32, 0x64, 0x64, 0xC8, 0xC8, 0x80, 0x80]
        let pixels = (0..<20 * 16).flatMap { _ in value }
        try Data(Array(head.utf8) + pixels).write(to: file)
        let info = try run.probe(file)
        #expect(info.image?.hasAlpha == true && info.image?.bitDepth == 16)
        let found = try decoded(file).values(x: 5, y: 5).map { Int(($0 / 257).rounded()) }
        #expect(isNear(found, [0x32, 0x64, 0xC8], within: 1) && abs(found[3] - 128) < 2)
    }

    @Test(arguments: ["a.bmp", "a.tga", "a.ppm"])
    func whatEndsEarlyIsRefusedOrShownWithAWarning(name: String) throws {
        let whole = try make(name)
        let cut = try run.truncated(whole, to: 0.7)
        do {
            try run.run(cut, recipe: .small)
            #expect(run.events.warnings == ["truncatedSource"])
        } catch let failure as Failure {
            // Without its end a Targa has no signature left.
            #expect(failure.kind == .invalidMedia)
        }
    }

    @Test(arguments: [
        "P6 holds three names\n", "P5\n12", "P7\nWIDTH 3\n", "PF\n3 3\nnone\n", "P6\n0 4\n255\n",
        "BM is short for bitmap", "P6\n4 4\n70000\n",
    ])
    func textThatBeginsLikeAPictureIsNone(text: String) throws {
        let failure = try #require(throws: Failure.self) {
            try FormatSniffer.sniff(bytes: Array(text.utf8))
        }
        #expect(failure.kind == .invalidMedia)
    }

    /// A header of 60,000 by 60,000 is refused as such, by area, before anything is allocated.
    @Test func bombsAreRefusedByTheirHeader() throws {
        let text = "P6\n60000 60000\n255\n"
        var bitmap = try [UInt8](Data(contentsOf: make("a.bmp")))
        bitmap.replaceSubrange(18..<26, with: [0x60, 0xEA, 0, 0, 0x60, 0xEA, 0, 0])
        for (name, bytes) in [("bomb.ppm", Array(text.utf8)), ("bomb.bmp", bitmap)] {
            let file = run.fixture(name)
            try Data(bytes).write(to: file)
            let failure = try #require(throws: Failure.self) { try run.probe(file) }
            #expect(failure.code == "stillPixels")
        }
    }

    @Test func flippedBytesNeverTrap() throws {
        var seed = UInt64.random(in: 1...UInt64.max)
        print("flippedBytesNeverTrap: seed \(seed)")
        func next(_ bound: Int) -> Int {
            seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(seed >> 33) % bound
        }
        for name in ["a.bmp", "a.tga", "a.ppm", "a.exr"] {
            let whole = try [UInt8](
                Data(contentsOf: run.testPicture(name, width: 60, height: 40)))
            for round in 0..<8 {
                var bytes = whole
                for _ in 0..<(1 + next(6)) {
                    bytes[next(round % 2 == 0 ? min(400, bytes.count) : bytes.count)] =
                        UInt8(next(256))
                }
                let file = run.fixture("\(round)-\(name)")
                try Data(bytes).write(to: file)
                let attempt = try StillRun()
                do { try attempt.run(file, recipe: .small) } catch is Failure {}
            }
        }
    }
}
