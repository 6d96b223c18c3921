import Foundation
import MediaModel
import TestSupport
import Testing

/// Deep zoom as a visitor's viewer finds it, put together again by Pillow.
struct PublishedTilesTests {
    private static let recipe = """
        name: default
        image:
          widths: [320]
          formats: [webp]
          cards: false
          deepZoom: { aboveMegapixels: 1, tileSide: 254 }
        """

    @Test func aLargePictureIsPublishedAsAWholePyramid() async throws {
        let site = try Site("tiles", ["WORKERS_COUNT": "1", "INBOX_SETTLE": "0s"])
        try site.directory.write(Self.recipe, to: "recipes/default.yaml")
        // No side a multiple of a tile's, no two places alike.
        let picture = site.directory.file("poster.png")
        try await Program("ffmpeg").run([
            "-v", "error", "-f", "lavfi", "-i", "testsrc=size=1301x811", "-frames:v", "1",
            picture.path,
        ])
        try await site.start()
        let item = try Published(try await site.process(picture))
        let tiles = try #require(item.derivatives(.tiles).first)
        #expect(item.derivatives(.tiles).count == 1)
        #expect(tiles.description.width == 1301 && tiles.description.height == 811)
        #expect(tiles.path.hasSuffix("/tiles.dzi") && tiles.path.hasPrefix("tiles."))
        #expect(try await DeepZoomOracle.difference(item.file(tiles.path), from: picture) < 20)
        // The manifest names each of them, so what collects, verifies and removes knows them.
        let level = "\(tiles.path.dropLast(".dzi".count))_files"
        let named = Set(tiles.files.map(\.path))
        let there = try FileManager.default.subpathsOfDirectory(atPath: item.file(level).path)
            .filter { $0.hasSuffix(".jpg") }.map { "\(level)/\($0)" }
        #expect(named == Set(there) && named.count == tiles.files.count)
        let choice = item.manifest.provenance.decisions.first { $0.subject == "deep zoom" }
        #expect(choice?.choice.hasPrefix("\(named.count) tiles of 254 in 12 sizes") == true)

        #expect(try await SiteChecker(site: site).problems(uploads: ["poster.png"]) == [])
        #expect(try await site.stop() == .exited(0))
    }
}
