import Foundation
import MediaModel
import Testing
import Vips

@testable import Transcoding

/// DPX and QOI: written by ImageMagick and by lines of Python, never by the library that reads them.
@Suite struct FilmFrameTests {
    let run: StillRun

    init() throws { run = try StillRun() }

    /// A PNG of gradients and bars.
    private func picture(_ form: String = "rgb24") throws -> URL {
        let file = run.fixture("source.png")
        try Oracle.run(
            "ffmpeg",
            [
                "-v", "error", "-f", "lavfi", "-i",
                "testsrc2=size=150x101:alpha=\(form == "rgba" ? 120 : 255),format=\(form)",
                "-frames:v", "1", "-y", file.path,
            ])
        return file
    }

    private func png(_ file: URL) throws -> Image {
        try Image.load(Source(bytes: [UInt8](Data(contentsOf: file))), with: .png)
    }

    private func decoded(_ file: URL) throws -> Image {
        let handle = try FileHandle(forReadingFrom: file)
        defer { try? handle.close() }
        let format = try FormatSniffer.sniff(descriptor: handle.fileDescriptor)
        return try #require(WholeLoader(rawValue: format.loader))
            .load(handle.fileDescriptor, isStrict: true)
    }

    private func magick(_ source: URL, _ options: [String], to name: String) throws -> URL {
        let file = run.fixture(name)
        try Oracle.run("convert", [source.path] + options + [file.path])
        return file
    }

    @Test(arguments: [(8, 0), (10, 0), (12, 0), (16, 0), (10, 2)])
    func filmFramesOfEveryDepthAreWhatImageMagickWrote(depth: Int, transfer: UInt8) throws {
        let source = try picture()
        let file = try magick(source, ["-depth", "\(depth)"], to: "frame.dpx")
        var bytes = try Data(contentsOf: file)
        bytes[801] = transfer
        try bytes.write(to: file)
        let found = try decoded(file)
        #expect(found.format == (depth > 8 ? .ushort : .uchar) && found.bands == 3)
        let values = depth > 8 ? try found.linear(1 / 257.0, 0) : found
        #expect(try values.subtracting(png(source)).absolute().maximum() < 0.6)
        try run.run(file, recipe: .small)
        #expect(run.info?.format == "dpx" && run.events.warnings == [])
        #expect(try difference(run.fallback(150), png(source)) < 3)
    }

    /// Film's densities look flat on a screen, and how to grade them is nothing to be guessed.
    @Test(arguments: [UInt8(1), 3])
    func filmDensitiesAreRefusedWithWhatToExport(transfer: UInt8) throws {
        let file = try magick(picture(), ["-depth", "10"], to: "frame.dpx")
        var bytes = try Data(contentsOf: file)
        bytes[801] = transfer
        try bytes.write(to: file)
        let failure = try #require(throws: Failure.self) { try run.probe(file) }
        #expect(failure.kind == .unsupported && failure.code == "unsupportedFormat")
        #expect(failure.uploaderText.contains("graded TIFF or PNG"))
    }

    /// Orientation, number of pictures, sign, kind of channels, depth, packing by runs.
    @Test(arguments: [(769, 1), (771, 2), (783, 1), (800, 100), (803, 32), (807, 1)])
    func filmFramesOfOtherKindsAreRefusedByName(place: Int, value: UInt8) throws {
        let file = try magick(picture(), ["-depth", "10"], to: "frame.dpx")
        var bytes = try Data(contentsOf: file)
        bytes[place] = value
        try bytes.write(to: file)
        let failure = try #require(throws: Failure.self) { try run.probe(file) }
        #expect(failure.kind == .unsupported)
        #expect(failure.operatorText.contains("a DPX film frame of a kind"))
    }

    private static let qoi = """
        import struct
        from PIL import Image
        image = Image.open(args[0])
        data = b"qoif" + struct.pack(">IIBB", *image.size, len(image.mode), int(args[2]))
        last, run = (0, 0, 0, 255), 0
        for pixel in image.getdata():
            pixel = pixel if len(pixel) == 4 else pixel + (255,)
            if pixel == last and run < 62:
                run += 1
                continue
            if run:
                data += bytes([0xC0 | run - 1])
                run = 0
            if pixel == last:
                run = 1
            elif pixel[3] == last[3]:
                data += b"\\xFE" + bytes(pixel[:3])
            else:
                data += b"\\xFF" + bytes(pixel)
            last = pixel
        if run:
            data += bytes([0xC0 | run - 1])
        open(args[1], "wb").write(data + b"\\0" * 7 + b"\\1")
        """

    @Test(arguments: [("rgb24", 0), ("rgba", 0), ("rgb24", 1)])
    func pixelsOfQOIAreExact(form: String, space: Int) throws {
        let source = try picture(form)
        let file = run.fixture("a.qoi")
        try run.pillow(Self.qoi, source.path, file.path, "\(space)")
        let found = try decoded(file)
        #expect(try found.pixels() == png(source).pixels())
        try run.run(file, recipe: .small)
        #expect(run.info?.format == "qoi" && run.events.warnings == [])
        #expect(run.info?.image?.hasAlpha == (form == "rgba"))
    }

    @Test(arguments: ["a.qoi", "frame.dpx"])
    func whatEndsEarlyIsRefusedOrShownWithAWarning(name: String) throws {
        let source = try picture()
        let file = run.fixture(name)
        if name.hasSuffix("qoi") {
            try run.pillow(Self.qoi, source.path, file.path, "0")
        } else {
            _ = try magick(source, ["-depth", "10"], to: name)
        }
        for share in [0.3, 0.8] {
            do {
                let run = try StillRun()
                try run.run(self.run.truncated(file, to: share), recipe: .small)
                #expect(run.events.warnings.contains { $0.hasSuffix("Source") }, "\(share)")
            } catch let failure as Failure {
                #expect(failure.kind == .invalidMedia, "\(share): \(failure)")
            }
        }
    }

    /// Sizes that no machine has memory for are refused by the header alone.
    @Test func headersThatPromiseTooMuchAreRefusedByTheLimit() throws {
        let file = run.fixture("bomb.qoi")
        try Data(Array("qoif".utf8) + [0, 0, 0x40, 0, 0, 0, 0x40, 0, 4, 0]).write(to: file)
        let failure = try #require(throws: Failure.self) { try run.planned(file) }
        #expect(failure.operatorText.contains("16384x16384"), "\(failure.operatorText)")
    }
}
