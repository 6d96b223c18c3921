import Foundation
import MediaModel
import TestSupport
import Testing

/// What holds for every kind of upload.
struct PublishedItemTests {
    @Test func everyKindOfUploadBecomesAReadyItem() async throws {
        for name in Gallery.names {
            let item = try await Gallery.item(name)
            #expect(item["state"]?.string == "ready", "\(name): \(item["reason"] ?? .null)")
        }
    }

    @Test func everythingPublishedIsCompleteAndNothingElseIsThere() async throws {
        let site = try await Gallery.site
        #expect(try await SiteChecker(site: site).problems(uploads: Gallery.names) == [])
    }

    @Test(arguments: [
        ("film.mp4", MediaKind.video), ("silent.mov", .video), ("vp9.webm", .video),
        ("song.mp3", .audio), ("song.wav", .audio), ("photograph.jpg", .image),
        ("drawing.png", .image), ("booklet.pdf", .document), ("sketch.svg", .image),
    ])
    func kindIsDecidedByContent(name: String, kind: MediaKind) async throws {
        #expect(try await Gallery.published(name).manifest.kind == kind)
    }

    @Test func theOriginalIsKeptByteForByte() async throws {
        let site = try await Gallery.site
        let upload = try await Data(contentsOf: Gallery.film.file())
        let digest = try await Gallery.published("film.mp4").manifest.source.sha256
        let kept = site.originals.appending(path: "\(digest.prefix(2))/\(digest)")
        #expect(try Data(contentsOf: kept) == upload)
        let mode = try FileManager.default.attributesOfItem(atPath: kept.path)[.posixPermissions]
        #expect((mode as? Int).map { $0 & 0o007 } == 0, "private")
    }

    @Test func everyItemHasAPlaceholderAndAShareImage() async throws {
        for name in Gallery.names where !["dot.png", "narrow.mkv"].contains(name) {
            let published = try await Gallery.published(name)
            if published.manifest.kind != .audio || name == "song.mp3" {
                let placeholder = try #require(published.manifest.placeholder, "\(name)")
                #expect(placeholder.blurHash.count >= 6, "\(name)")
                #expect(!placeholder.thumbHash.isEmpty, "\(name)")
            }
            let share = try #require(published.derivatives(.share).first, "\(name)")
            let header = try await VipsHeader(published.file(share.path))
            #expect(header.width <= 1200 && header.height <= 630, "\(name)")
            let aspect = Double(header.width) / Double(header.height)
            #expect(abs(aspect - 1.905) < 0.02, "\(name)")
            #expect(header.loader.hasPrefix("jpegload"), "\(name)")
        }
    }

    @Test func everyDecisionHasItsReason() async throws {
        for name in Gallery.names {
            let manifest = try await Gallery.published(name).manifest
            #expect(!manifest.provenance.decisions.isEmpty, "\(name)")
            #expect(manifest.provenance.decisions.allSatisfy { !$0.reason.isEmpty }, "\(name)")
            #expect(manifest.provenance.cpuSeconds > 0, "\(name)")
            #expect(manifest.provenance.attempts == 1, "\(name)")
            #expect(manifest.provenance.ffmpeg != nil && manifest.provenance.libvips != nil)
        }
    }

    @Test func textFromAFileIsEscapedInTheHTML() async throws {
        let manifest = try await Gallery.published("song.mp3").manifest
        #expect(manifest.title == "A <b>song</b>")
        #expect(!manifest.html.contains("<b>"))
        #expect(manifest.html.contains("&lt;b&gt;"))
    }

    @Test func nothingPublishedNamesAPlaceOnThisMachine() async throws {
        let site = try await Gallery.site
        for name in Gallery.names {
            let published = try await Gallery.published(name)
            let text = try String(
                contentsOf: published.file("manifest.json"), encoding: .utf8)
            #expect(!text.contains(site.directory.url.path), "\(name)")
        }
    }
}
