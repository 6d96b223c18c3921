import Foundation
import MediaModel
import Planning
import TestSupport
import Testing

/// JPEG XL and JPEG 2000, written by the `vips` and `ffmpeg` programs.
@Suite struct ModernFormatTests {
    let run: StillRun

    init() throws { run = try StillRun() }

    private func make(_ name: String, _ options: String = "") throws -> URL {
        let picture = try run.halves("0xC81E1E", "0x1E1EC8")
        let file = run.fixture(name)
        try Oracle.run("vips", ["copy", picture.path, file.path + options])
        return file
    }

    @Test(arguments: [
        ("a.jxl", "", "jxl"), ("a.jxl", "[lossless]", "jxl"), ("a.jp2", "", "jp2"),
        ("a.jp2", "[lossless]", "jp2"), ("a.j2k", "", "jp2"),
    ])
    func halvesComeOutInTheirColours(name: String, options: String, format: String) throws {
        try run.run(make(name, options), recipe: .small)
        #expect(run.info?.format == format && run.info?.mediaType == "image/\(format)")
        #expect(run.info?.image?.codedSize == PixelSize(width: 400, height: 200))
        #expect(run.info?.image?.pageCount == 1 && run.info?.warnings == [])
        let share = try run.image("share")
        #expect(isNear(try pixel(share, 0.1, 0.5), [200, 30, 30], within: 14))
        #expect(isNear(try pixel(share, 0.9, 0.5), [30, 30, 200], within: 14))
    }

    @Test func ffmpegsJPEG2000IsRead() throws {
        let file = run.fixture("b.jp2")
        try Oracle.run(
            "ffmpeg",
            [
                "-v", "error", "-i", run.halves("0xC81E1E", "0x1E1EC8").path, "-c:v", "jpeg2000",
                "-frames:v", "1", file.path,
            ])
        try run.run(file, recipe: .small)
        #expect(isNear(try pixel(run.image("share"), 0.1, 0.5), [200, 30, 30], within: 14))
    }

    @Test(arguments: ["a.jxl", "a.jp2"])
    func whatIsCutOffIsRefusedOrWarnedOf(name: String) throws {
        let file = try make(name)
        for share in [0.05, 0.3, 0.6, 0.9] {
            let run = try StillRun()
            do {
                try run.run(truncated(file, to: share), recipe: .small)
                #expect(run.events.warnings.contains { $0.hasSuffix("Source") }, "\(share)")
            } catch let failure as Failure {
                #expect(failure.kind == .invalidMedia, "\(share): \(failure)")
            }
        }
    }

    private func truncated(_ file: URL, to share: Double) throws -> URL {
        try run.truncated(file, to: share)
    }

    @Test(arguments: ["a.jxl", "a.jp2"])
    func sizesAboveTheLimitAreRefusedByTheHeader(name: String) throws {
        var limits = Limits()
        limits.stillPixels = 79_999
        let failure = try #require(throws: Failure.self) {
            try run.probe(make(name), limits: limits)
        }
        #expect(failure.code == "stillPixels" && failure.operatorText.contains("80000"))
    }

    @Test(
        .enabled(if: Corpus.isThere, Corpus.missing),
        arguments: [
            ("image-jxl-lossy.jxl", PixelSize(width: 2048, height: 2560)),
            ("image-jp2.jp2", PixelSize(width: 320, height: 240)),
        ])
    func realPicturesAreShown(name: String, size: PixelSize) throws {
        try run.run(Corpus.file(name), recipe: .small)
        #expect(run.info?.image?.codedSize == size)
        #expect(run.events.artifacts.contains { $0.description.name == "image-320.jpg" })
    }

    @Test func jpegLSIsRefusedByName() throws {
        let file = run.fixture("a.jls")
        try Oracle.run(
            "ffmpeg",
            [
                "-v", "error", "-f", "lavfi", "-i", "testsrc2=size=160x120", "-frames:v", "1",
                "-c:v", "jpegls", "-f", "image2", file.path,
            ])
        let failure = #expect(throws: Failure.self) { try run.probe(file) }
        #expect(failure?.code == "noDecoder")
        #expect(failure?.operatorText.contains("JPEG-LS") == true)
    }
}
