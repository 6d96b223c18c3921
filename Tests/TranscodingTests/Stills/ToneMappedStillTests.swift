import Foundation
import MediaModel
import Planning
import Testing

@testable import Transcoding

/// HDR stills against FFmpeg's own `zscale` and `tonemap`, which films go through.
@Suite struct ToneMappedStillTests {
    let run: StillRun

    init() throws { run = try StillRun() }

    /// Numbers that mean bright and dark colours in PQ or HLG, in 16 bits.
    private func numbers(_ left: String = "#c89664", _ right: String = "#50607c") throws -> URL {
        let file = run.fixture("numbers.png")
        try Oracle.run(
            "ffmpeg",
            [
                "-v", "error", "-i", run.halves(left, right).path, "-pix_fmt", "rgb48be",
                file.path,
            ])
        return file
    }

    /// What FFmpeg shows instead of them.
    private func expected(_ file: URL, transfer: String, peak: Double) throws -> [[Int]] {
        let shown = run.fixture("expected.png")
        try Oracle.run(
            "ffmpeg",
            [
                "-v", "error", "-y", "-i", file.path, "-vf",
                "format=gbrp16le,zscale=agamma=0:matrixin=gbr:primariesin=2020:transferin=\(transfer)"
                    + ":rangein=full:matrix=gbr:primaries=709:transfer=linear:range=full:npl=203,"
                    + "format=gbrpf32le,tonemap=mobius:param=0.3:desat=0:peak=\(peak / 203),"
                    + "zscale=matrixin=gbr:primariesin=709:transferin=linear:rangein=full"
                    + ":matrix=gbr:primaries=709:transfer=iec61966-2-1:range=full,format=gbrp",
                "-pix_fmt", "rgb24", shown.path,
            ])
        let image = try pngImage(shown)
        return [try pixel(image, 0.2, 0.5), try pixel(image, 0.8, 0.5)]
    }

    private func expect(_ colours: [[Int]], within tolerance: Int) throws {
        let image = try run.fallback(320)
        for (x, colour) in zip([0.2, 0.8], colours) {
            let found = try pixel(image, x, 0.5)
            #expect(isNear(found, colour, within: tolerance), "\(found) \(colour)")
        }
    }

    @Test(arguments: [
        (16, "smpte2084", "#c89664", "#50607c"), (18, "arib-std-b67", "#c8c8c8", "#606060"),
        (18, "arib-std-b67", "#c89664", "#50607c"),
    ])
    func sixteenBitsOfPNGAreToneMapped(
        code: UInt8, transfer: String, left: String, right: String
    ) throws {
        let plain = try numbers(left, right)
        try run.run(
            PNGChunk.insert("cICP", [9, code, 0, 1], into: plain, for: run), recipe: .small)
        #expect(run.plan?.color?.toneMapPeakNits == 1000 && run.info?.warnings == [])
        try expect(expected(plain, transfer: transfer, peak: 1000), within: 3)
    }

    @Test func thePeakComesFromTheFile() throws {
        let plain = try numbers()
        // 400 cd/m² in units of 0.0001.
        let bright = try PNGChunk.insert(
            "cLLI", [0, 0x3D, 0x09, 0, 0, 0, 0, 0], into: plain, for: run)
        try run.run(
            PNGChunk.insert("cICP", [9, 16, 0, 1], into: bright, for: run), recipe: .small)
        #expect(run.plan?.color?.toneMapPeakNits == 400)
        try expect(expected(plain, transfer: "smpte2084", peak: 400), within: 3)
    }

    @Test func tenBitsOfAVIFAreToneMapped() throws {
        let plain = try numbers()
        try run.run(
            AVIFFixture.make(
                plain, primaries: "bt2020", transfer: "smpte2084", format: "yuv444p10le", for: run),
            recipe: .small)
        #expect(run.info?.image?.bitDepth == 10 && run.plan?.color?.toneMapPeakNits == 1000)
        try expect(expected(plain, transfer: "smpte2084", peak: 1000), within: 6)
    }

    /// The upload is web-ready but for what lies behind it.
    @Test func gainMapsAreReportedAndDropped() throws {
        let base = run.fixture("base.jpg")
        try Oracle.run(
            "vips", ["copy", run.halves("#c83232", "#32a050").path, base.path + "[Q=60]"])
        let file = run.fixture("ultra.jpg")
        try UltraHDRFixture.bytes(base: Data(contentsOf: base)).write(to: file)
        #expect(
            try Oracle.run("exiftool", ["-s3", "-MPImage2", file.path]).contains("Binary data"))
        var recipe = Recipe.small
        recipe.image.widths = [400]
        try run.run(file, recipe: recipe)
        #expect(run.info?.image?.gainMap == .ultraHDR)
        try expectReport(of: .ultraHDR, in: file)
        for artifact in run.events.artifacts {
            let bytes = try Data(contentsOf: run.file(artifact.description.name))
            for text in ["hdrgm", "MPF\0"] {
                #expect(bytes.range(of: Data(text.utf8)) == nil, "\(artifact.description.name)")
            }
        }
        #expect(try Data(contentsOf: run.file("image-400.jpg")).suffix(2) == Data([0xFF, 0xD9]))
    }

    /// What the manifest says of the upload, and why it is shown as it is.
    private func expectReport(of gainMap: GainMap, in file: URL) throws {
        let info = try run.probe(file)
        let source = String(
            decoding: try JSONEncoder().encode(Manifest.SourceInfo(info)), as: UTF8.self)
        #expect(source.contains("\"gainMap\":\"\(gainMap.rawValue)\""))
        let decision = try run.planned(file).decisions.first { $0.subject == "dynamic range" }
        #expect(decision?.choice == "standard: the base picture")
        #expect(decision?.reason.contains(gainMap.rawValue) == true)
    }

    @Test(.enabled(if: Corpus.isThere, Corpus.missing))
    func aRealGainMapIsReported() throws {
        let file = Corpus.file("image-jpeg-ultrahdr-gainmap-gps.jpg")
        try expectReport(of: .ultraHDR, in: file)
        let other = try run.probe(Corpus.file("image-jpeg-motionphoto-pixel.jpg"))
        #expect(other.image?.gainMap == nil)
    }

    /// Apple's is named in the second picture's XMP, ISO 21496-1 in a segment of the first.
    @Test(arguments: [GainMap.apple, .iso]) func otherGainMapsOfJPEGAreReported(
        kind: GainMap
    ) throws {
        let base = run.fixture("base.jpg")
        try Oracle.run("vips", ["copy", run.halves("#c83232", "#32a050").path, base.path])
        let bytes = try Data(contentsOf: base)
        let file = run.fixture("map.jpg")
        try (kind == .iso ? UltraHDRFixture.iso(bytes) : UltraHDRFixture.apple(bytes)).write(
            to: file)
        try expectReport(of: kind, in: file)
    }
}
