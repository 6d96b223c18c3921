import Foundation
import MediaModel
import Planning
import TestSupport
import Testing
import Transcoding

/// Drawings as they should be: sharp at every width, in their colours, with their letters.
@Suite struct DrawingTests {
    let run: DrawingRun

    init() throws { run = try DrawingRun() }

    @Test func aDrawingIsDrawnAtEveryWidthWithItsTransparency() async throws {
        try run.run(
            run.fixture(
                DrawingRun.drawing(
                    "<rect x=\"100\" width=\"100\" height=\"100\" fill=\"#c81e1e\"/>")))
        #expect(run.info?.kind == .image && run.info?.warnings == [])
        #expect(run.info?.image?.codedSize == PixelSize(width: 200, height: 100))
        for (name, width) in [("image-400.png", 400), ("image-100.png", 100)] {
            let pixels = try await Pixels(run.file(name))
            #expect(pixels.width == width && pixels.height == width / 2 && pixels.bands == 4)
            #expect(pixels.pixel(x: width / 4, y: 10)[3] == 0)
            #expect(pixels.pixel(x: width * 3 / 4, y: 10) == [200, 30, 30, 255])
            // The edge is drawn at the largest width, and scaled for the others.
            let blur = width == 400 ? 0 : 16
            #expect(pixels.pixel(x: width / 2 - 1, y: 10)[3] <= blur)
            #expect(pixels.pixel(x: width / 2, y: 10)[3] >= 255 - blur)
        }
        let share = try await Pixels(run.file("share"))
        #expect(share.bands == 3)
        let placeholder = try #require(run.events.placeholders.first)
        #expect(abs(placeholder.aspectRatio - 2) < 0.01)
    }

    @Test(arguments: [
        ("width=\"40mm\" height=\"20mm\"", 151, 76), ("viewBox=\"0 0 30 60\"", 30, 60),
        ("width=\"100%\" height=\"100%\" viewBox=\"5 5 300 100\"", 300, 100),
        ("width=\"90\" viewBox=\"0 0 30 10\"", 90, 30), ("width=\"1in\" height=\"72pt\"", 96, 96),
        ("", 20, 10),
    ])
    func itsSizeIsWhatItAsksFor(attributes: String, width: Int, height: Int) throws {
        let info = try run.probe(
            run.fixture(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" \(attributes)>"
                    + "<rect width=\"20\" height=\"10\"/></svg>"))
        #expect(info.image?.codedSize == PixelSize(width: width, height: height))
    }

    @Test func theCopyLooksLikeTheDrawingToAnotherReader() async throws {
        let source = DrawingRun.drawing(
            """
            <title>A &amp; B</title>
            <defs><linearGradient id="g"><stop stop-color="red"/><stop offset="1" stop-color="blue"/>
            </linearGradient><path id="p" d="M0 0h20v20z"/></defs>
            <style>.a{fill:url(#g)} text{font:italic 20px sans-serif}</style>
            <rect class="a" width="100" height="50"/><use xlink:href="#p" x="120" style="fill:lime"/>
            <text x="10" y="80">Vitrine &lt;3</text>
            <g transform="translate(150 60)" clip-path="none"><circle r="9" opacity=".5"/></g>
            """)
        let file = try run.fixture(source)
        try run.run(file)
        #expect(run.info?.tags["title"] == "A & B" && run.info?.warnings == [])
        try await Program("xmllint").run(["--noout", run.file("drawing").path])
        // The browser's renderer, of the upload and of the copy.
        let pictures = try await (screenshot(file), screenshot(run.file("drawing")))
        #expect(pictures.0.bytes == pictures.1.bytes)
        #expect(Set(pictures.0.bytes).count > 20)
    }

    private func screenshot(_ file: URL) async throws -> Pixels {
        let picture = run.directory.file("\(file.lastPathComponent).png")
        try await Program("chromium").run(
            [
                "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
                "--window-size=200,100", "--user-data-dir=\(run.directory.file("chrome").path)",
                "--screenshot=\(picture.path)", file.absoluteString,
            ])
        return try await Pixels(picture)
    }

    @Test func lettersAreDrawn() async throws {
        try run.run(
            run.fixture(
                DrawingRun.drawing(
                    "<text x=\"5\" y=\"70\" font-family=\"sans-serif\" font-size=\"60\">Wx</text>"))
        )
        let pixels = try await Pixels(run.file("image-400.png"))
        let ink = stride(from: 3, to: pixels.bytes.count, by: 4).filter { pixels.bytes[$0] > 128 }
        #expect((2_000...30_000).contains(ink.count), "\(ink.count)")
    }

    @Test(arguments: ["utf-16", "iso-8859-1", "utf-8"])
    func encodingsAreRead(name: String) throws {
        let text =
            "<?xml version=\"1.0\" encoding=\"\(name)\"?>"
            + DrawingRun.drawing("<title>Gr\u{fc}\u{df}e</title><rect width=\"9\" height=\"9\"/>")
        let encoding: String.Encoding =
            name == "utf-16" ? .utf16 : name == "utf-8" ? .utf8 : .isoLatin1
        let data = try #require(text.data(using: encoding))
        let info = try run.probe(run.directory.write(data, to: "in/a.svg"))
        #expect(info.tags["title"] == "Gr\u{fc}\u{df}e")
    }

    @Test func aPackedDrawingIsUnpackedWithinItsLimit() throws {
        let file = try run.fixture(
            DrawingRun.drawing(
                "<rect width=\"9\" height=\"9\"/>" + String(repeating: " ", count: 90_000)))
        try Oracle.run("gzip", ["-f", file.path])
        let packed = file.appendingPathExtension("gz")
        #expect(try run.probe(packed).image?.codedSize.width == 200)
        var limits = Limits()
        limits.drawingBytes = 5_000
        let failure = try #require(throws: Failure.self) { try run.probe(packed, limits: limits) }
        #expect(failure.code == "drawingBytes")
    }

    @Test func creditIsInThePictures() async throws {
        var sidecar = Sidecar()
        sidecar.credit = Credit(creator: "An Artist", copyright: nil, license: nil)
        try run.run(
            run.fixture(DrawingRun.drawing("<rect width=\"90\" height=\"90\"/>")), sidecar: sidecar)
        for name in ["image-400.png", "image-100.png", "share"] {
            #expect(try await ExifTool(run.file(name)).tags.values.contains("An Artist"), "\(name)")
        }
    }
}
