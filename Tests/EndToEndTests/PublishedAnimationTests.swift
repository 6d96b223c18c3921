import Foundation
import MediaModel
import TestSupport
import Testing

/// Animated pictures as a page gets them.
struct PublishedAnimationTests {
    private func summary(_ file: URL) async throws -> JSONValue {
        try JSONValue(
            parsing: await Program(PackageLayout.file("fixtures/animations.py")).run(
                ["frames", file.path]))
    }

    @Test func aFilmlikeGIFIsPublishedAsAFilm() async throws {
        let item = try await Gallery.published("moving.gif")
        #expect(item.manifest.kind == .animation)
        #expect(item.manifest.play?.webp == nil)
        let film = try item.play(\.mp4)
        let probe = try await FFprobe(film, countingFrames: true)
        #expect(probe.video?.codec == "h264" && probe.video?.frameCount == 12)
        #expect(abs((probe.durationSeconds ?? 0) - 1.2) < 0.002)
        #expect(item.manifest.source.info.durationSeconds == 1.2)
        #expect(item.manifest.source.info.plays == 0)
        let size = try film.resourceValues(forKeys: [.fileSizeKey]).fileSize ?? .max
        #expect(size < item.manifest.source.byteCount)
        #expect(try item.play(\.poster).pathExtension == "png")
        #expect(item.manifest.html.hasPrefix("<video autoplay muted playsinline loop"))
    }

    @Test func transparencyMakesAWebPOfAnAPNG() async throws {
        let item = try await Gallery.published("sticker.png")
        #expect(item.manifest.kind == .animation)
        let picture = try item.play(\.webp)
        let found = try await summary(picture)
        let frames = try #require(found["frames"]?.array)
        #expect(frames.map { $0["delay"]?.int } == [100, 70, 100, 250, 30, 40])
        #expect(found["loop"]?.int == 4)
        #expect(frames[4]["transparent"] == .bool(true))
        #expect(item.manifest.source.info.plays == 4)
        // Every moment is in the manifest's stills' role no more than once.
        #expect(item.derivatives(.animation).map(\.description.name).contains("animation.webp"))
        #expect(!item.derivatives(.image).isEmpty && !item.derivatives(.share).isEmpty)
    }
}
