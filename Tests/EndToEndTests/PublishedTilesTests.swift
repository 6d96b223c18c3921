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

    /// Both forms in the viewer that most pages have, and the service by the rules of IIIF.
    @Test func aViewerShowsEveryPixelOfBothForms() async throws {
        let viewer = PackageLayout.file(".build/oracles/openseadragon.js")
        try #require(
            FileManager.default.fileExists(atPath: viewer.path), "`make deps` fetches OpenSeadragon"
        )
        let site = try Site("iiif", ["WORKERS_COUNT": "1", "INBOX_SETTLE": "0s"])
        try site.directory.write(
            Self.recipe.replacing(
                "tileSide: 254", with: "tileSide: 254, iiifAddress: 'http://media.example.org/'"),
            to: "recipes/default.yaml")
        let picture = site.directory.file("poster.png")
        try await Program("ffmpeg").run([
            "-v", "error", "-f", "lavfi", "-i", "testsrc=size=2301x1211", "-frames:v", "1",
            picture.path,
        ])
        try await site.start()
        let item = try Published(try await site.process(picture))
        let service = try #require(item.derivatives(.iiif).first)
        let place = item.file(service.path).deletingLastPathComponent()
        let seen = try await ImageServiceOracle.read(place, of: picture)
        let id = item.manifest.item.rawValue
        let directory = place.lastPathComponent
        #expect(seen.address == "http://media.example.org/items/\(id)/\(directory)")
        #expect(seen.difference < 20)
        let tiles = try #require(item.derivatives(.tiles).first)
        for path in [service.path, tiles.path] {
            try await expectTheViewerShows(
                "/items/\(id)/\(path)", of: site, with: viewer, like: picture)
        }

        // Nothing is made twice.
        let before = item.derivatives(.iiif)
        _ = try await site.ctl("item", "reprocess", id, "--wait")
        let again = try Published(
            manifestAt: place.deletingLastPathComponent().appending(path: "manifest.json"))
        #expect(again.derivatives(.iiif) == before)
        #expect(try await SiteChecker(site: site).problems(uploads: ["poster.png"]) == [])
        #expect(try await site.stop() == .exited(0))
    }

    /// Pixels of the canvas at the picture's own size, and none that could not be had.
    private func expectTheViewerShows(
        _ path: String, of site: Site, with viewer: URL, like picture: URL
    ) async throws {
        let text = try String(
            contentsOf: PackageLayout.file("fixtures/zoom-page.html"), encoding: .utf8)
        let page = try site.directory.write(
            text.replacing("SOURCE", with: "\"\(path)\"")
                .replacing("VIEWER;", with: try String(contentsOf: viewer, encoding: .utf8)),
            to: "page-zoom.html")
        let result = try await JSONSchema.python().result(
            [
                PackageLayout.file("fixtures/browser-check.py").path, site.storage.path,
                "--host=media.example.org", "--page", page.path,
            ], atMost: .seconds(120))
        let shown = try JSONValue(parsing: result.output)
        try #require(shown["error"] == nil, "\(shown)")
        #expect(shown["failed"]?.array?.isEmpty == true, "\(shown)")
        #expect(shown["width"]?.int == 2301 && shown["height"]?.int == 1211)
        // Every level was asked for.
        #expect(shown["levels"]?.array?.count ?? 0 >= 4, "\(shown)")
        let points = shown["points"]?.array ?? []
        #expect(points.count == 12)
        for point in points {
            let numbers = try ["x", "y", "red", "green", "blue"].map {
                try #require(point[$0]?.int, "\(point)")
            }
            let real = try await Program("vips").run([
                "getpoint", picture.path, "\(numbers[0])", "\(numbers[1])",
            ])
            let values = String(decoding: real, as: UTF8.self).split(separator: " ").compactMap {
                Double($0.trimmingCharacters(in: .whitespacesAndNewlines))
            }
            for (found, expected) in zip(numbers.dropFirst(2), values) {
                #expect(abs(Double(found) - expected) < 30, "\(point): \(values)")
            }
        }
    }
}
