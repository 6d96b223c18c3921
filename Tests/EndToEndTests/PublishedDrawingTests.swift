import Foundation
import MediaModel
import TestSupport
import Testing

/// A drawing through the daemon, drawn by a confined worker.
struct PublishedDrawingTests {
    /// A letter, and a script that wants out.
    static let sketch = """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 300 200" onload="alert('canary')">
        <title>A sketch</title><script>alert('canary')</script>
        <rect width="150" height="100" fill="#c81e1e"/>
        <image href="http://127.0.0.1:9/canary.png" width="50" height="50"/>
        <text x="10" y="190" font-family="sans-serif" font-size="80">Abc</text></svg>
        """

    @Test func aDrawingIsSharpAtEveryWidthAndOfferedWithoutItsScripts() async throws {
        let sketch = try await Gallery.published("sketch.svg")
        #expect(sketch.manifest.title == "A sketch")
        #expect(sketch.manifest.source.mediaType == "image/svg+xml")
        #expect(sketch.manifest.source.info.width == 300)
        #expect(sketch.manifest.warnings.map(\.code) == ["drawingSanitised"])
        #expect(sketch.derivatives(.image).compactMap(\.description.width).max() == 3840)
        for picture in sketch.derivatives(.image) where picture.description.mediaType == "image/png"
        {
            let pixels = try await Pixels(sketch.file(picture.path))
            #expect(pixels.pixel(x: 3, y: 3) == [200, 30, 30, 255])
            #expect(pixels.pixel(x: pixels.width - 3, y: 3)[3] == 0)
            // The letters' font is not in the drawing: one of the machine's stands in.
            let lower = pixels.bytes.count / 2
            let ink = stride(from: lower + 3, to: pixels.bytes.count, by: 4)
                .filter { pixels.bytes[$0] > 128 }.count
            #expect(ink * 100 > pixels.width * pixels.height * 2, "\(picture.path)")
        }
        let vector = try #require(sketch.derivatives(.vector).first)
        #expect(vector.description.mediaType == "image/svg+xml" && vector.path.hasSuffix(".svg"))
        let text = try String(contentsOf: sketch.file(vector.path), encoding: .utf8)
        #expect(text.contains("Abc") && !text.contains("canary") && !text.contains("127.0.0.1"))
        try await Program("xmllint").run(["--noout", sketch.file(vector.path).path])
    }
}
