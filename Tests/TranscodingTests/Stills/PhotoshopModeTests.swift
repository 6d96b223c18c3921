import Foundation
import MediaModel
import Planning
import TestSupport
import Testing
import Vips

/// Photoshop documents in every mode: as ImageMagick's `convert` writes them, and, where it writes
/// another mode than was asked for, by hand.
@Suite struct PhotoshopModeTests {
    let run: StillRun

    init() throws { run = try StillRun() }

    @Test(arguments: [
        (["-colorspace", "Gray"], "Grayscale"), (["-type", "Palette"], "Indexed"),
        (["-depth", "16"], "RGB"), (["-compress", "None"], "RGB"),
        (["-colorspace", "Gray", "-depth", "16"], "Grayscale"),
    ])
    func documentsOfImageMagickLookAsItReadsThem(options: [String], mode: String) throws {
        let source = try FourCorners.make("four.png", for: run)
        let file = run.fixture("a.psd")
        try Oracle.run("convert", [source.path] + options + [file.path])
        try #require(try Oracle.exif(["-Photoshop:ColorMode"], file) == mode)
        // ImageMagick does not read the palettes that it writes.
        let expected = try FourCorners.seen(
            mode == "Indexed" ? run.seenByPillow(file) : run.seenByImageMagick(file))
        try run.run(file, recipe: .width(400))
        #expect(run.info?.format == "psd" && run.info?.warnings == [] && run.events.warnings == [])
        for artifact in run.events.artifacts where artifact.description.role == .image {
            let found = try FourCorners.seen(run.image(artifact.description.name))
            #expect(
                areNear(found, expected, within: 1), "\(artifact.description.name): \(found)")
        }
    }

    @Test func transparencyOfImageMagicksDocumentsIsKept() throws {
        let (source, file) = (run.fixture("source.png"), run.fixture("a.psd"))
        try run.pillow(
            """
            image = Image.new("RGBA", (360, 240), (200, 60, 30, 255))
            image.paste((60, 120, 200, 0), (180, 0, 360, 240))
            image.save(args[0])
            """, source.path)
        try Oracle.run("convert", [source.path, file.path])
        try run.run(file, recipe: .width(360))
        #expect(run.info?.image?.hasAlpha == true)
        let found = try run.image("image-360.png")
        try #require(found.bands == 4)
        #expect(try pixel(found, 0.25, 0.5) == [200, 60, 30, 255])
        #expect(try pixel(found, 0.75, 0.5)[3] == 0)
    }

    private func write(_ document: PhotoshopDocument) throws -> URL {
        let file = run.fixture("a.psd")
        try Data(document.bytes).write(to: file)
        return file
    }

    /// A bit that is set is ink.
    @Test func bitmapsAreBlackOnWhite() throws {
        let row = [UInt8](repeating: 0xFF, count: 25) + [UInt8](repeating: 0, count: 25)
        let pixels = (0..<240).flatMap { _ in row }
        var document = PhotoshopDocument(width: 400, height: 240, mode: 0, channels: [pixels])
        document.depth = 1
        let file = try write(document)
        try run.run(file, recipe: .width(400))
        let ours = try run.image("image-400.png")
        #expect(try difference(ours, run.seenByImageMagick(file)) == 0)
        #expect(Array(try pixel(ours, 0.1, 0.5).prefix(3)) == [0, 0, 0])
        #expect(Array(try pixel(ours, 0.9, 0.5).prefix(3)) == [255, 255, 255])
    }

    /// L* from 0 to 255, a* and b* around 128: here #c83232 and #3264c8, in D50 (as the `vips`
    /// program imports sRGB; taken back by it, the blue's red is 45).
    @Test(arguments: [8, 16])
    func labIsSeenAsItsColours(depth: Int) throws {
        func channel(_ left: Double, _ right: Double) -> [UInt8] {
            (0..<240).flatMap { _ in
                (0..<400).flatMap { x -> [UInt8] in
                    let value = x < 200 ? left : right
                    if depth == 8 { return [UInt8(value.rounded())] }
                    let wide = Int((value * 257).rounded())
                    return [UInt8(wide >> 8), UInt8(wide & 255)]
                }
            }
        }
        var document = PhotoshopDocument(
            width: 400, height: 240, mode: 9,
            channels: [
                channel(46.27 * 2.55, 43.46 * 2.55),
                channel(59.68 + 128, 11.31 + 128),
                channel(38.67 + 128, -57.86 + 128),
            ])
        document.depth = depth
        try run.run(write(document), recipe: .width(400))
        let made = try run.fallback(400)
        let (left, right) = (try pixel(made, 0.2, 0.5), try pixel(made, 0.8, 0.5))
        #expect(isNear(left, [200, 50, 50], within: 6), "\(left)")
        #expect(isNear(right, [50, 100, 200], within: 6), "\(right)")
    }

    /// Floating point, and light: half of it is 188 in sRGB.
    @Test(arguments: [1, 3])
    func thirtyTwoBitsAreLight(mode: Int) throws {
        let half: [UInt8] = [0x3F, 0, 0, 0]
        let channel = (0..<200 * 120).flatMap { _ in half }
        var document = PhotoshopDocument(
            width: 200, height: 120, mode: mode,
            channels: Array(repeating: channel, count: mode == 3 ? 3 : 1))
        document.depth = 32
        try run.run(write(document), recipe: .width(200))
        #expect(run.info?.image?.bitDepth == 32)
        let found = try pixel(run.fallback(200), 0.5, 0.5)
        print("32 bits, mode \(mode): \(found)")
        #expect(isNear(found, [188, 188, 188], within: 8), "\(found)")
    }

    @Test func whatIsNoModeIsRefused() throws {
        let document = PhotoshopDocument(
            width: 20, height: 20, mode: 7,
            channels: (0..<3).map { _ in [UInt8](repeating: 9, count: 400) })
        let failure = try #require(throws: Failure.self) { try run.probe(write(document)) }
        #expect([.unsupported, .invalidMedia].contains(failure.kind), "\(failure)")
        print("multichannel: \(failure.code) \(failure.operatorText)")
    }
}
