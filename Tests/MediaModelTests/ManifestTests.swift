import Foundation
import MediaModel
import Testing

/// The manifest's JSON is a contract: exact, against a golden file.
///
/// The file is checked against `config/manifest.schema.json` by the end-to-end tests, which have a
/// schema validator.
struct ManifestTests {
    static let golden = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "fixtures/goldens/manifest-film.json")

    static func encoded(_ manifest: Manifest) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(manifest)
    }

    @Test func encodesExactlyAsPublished() throws {
        let document = try Self.encoded(.film)
        if ProcessInfo.processInfo.environment["RECORD_GOLDENS"] != nil {
            try document.write(to: Self.golden)
            Issue.record("recorded \(Self.golden.lastPathComponent): look at it, then run again")
        }
        let golden = try Data(contentsOf: Self.golden)
        #expect(
            String(decoding: document, as: UTF8.self) == String(decoding: golden, as: UTF8.self))
    }

    @Test func readsWhatItWrites() throws {
        let document = try Self.encoded(.film)
        #expect(try JSONDecoder().decode(Manifest.self, from: document) == .film)
    }

    @Test func absentValuesAreLeftOut() throws {
        var manifest = Manifest.film
        manifest.alt = nil
        manifest.play = nil
        manifest.loudness = nil
        let text = String(decoding: try Self.encoded(manifest), as: UTF8.self)
        #expect(!text.contains("null"))
        #expect(!text.contains("\"alt\""))
        #expect(try JSONDecoder().decode(Manifest.self, from: Data(text.utf8)) == manifest)
    }

    @Test func readersIgnoreUnknownFields() throws {
        var text = String(decoding: try Self.encoded(.film), as: UTF8.self)
        text = text.replacing(
            "\"generation\"", with: "\"fromTheFuture\": {\"a\": [1]}, \"generation\"")
        #expect(try JSONDecoder().decode(Manifest.self, from: Data(text.utf8)) == .film)
    }

    @Test func aDerivativesDescriptionStandsBesideItsFile() throws {
        let object = try #require(
            try JSONSerialization.jsonObject(with: Self.encoded(.film)) as? [String: Any])
        let derivatives = try #require(object["derivatives"] as? [[String: Any]])
        #expect(derivatives[0]["role"] as? String == "rendition")
        #expect(derivatives[0]["path"] as? String == "video-720p.91c2d0aa/media.m3u8")
        #expect((derivatives[0]["files"] as? [Any])?.count == 2)
        #expect(derivatives[1]["files"] == nil)
    }
}

extension Manifest {
    /// A film with everything that a manifest can say.
    static var film: Manifest {
        let digest = String(repeating: "0123456789abcdef", count: 4)
        var rendition = DerivativeDescription(
            role: .rendition, name: "video-720p", mediaType: "application/vnd.apple.mpegurl",
            key: digest, reason: "the source's own size")
        rendition.width = 1280
        rendition.height = 720
        rendition.durationSeconds = 7.5
        rendition.codecs = "avc1.64001f"
        rendition.bitrate = 1_812_345
        rendition.peakBitrate = 2_012_345
        rendition.frameRate = 25
        rendition.quality = Quality(metric: "ssim", score: 0.984375)
        var poster = DerivativeDescription(
            role: .poster, name: "poster-1280.avif", mediaType: "image/avif", key: digest,
            reason: "stands for the film")
        poster.width = 1280
        poster.height = 720
        var audio = DerivativeDescription(
            role: .audio, name: "audio-aac", mediaType: "application/vnd.apple.mpegurl",
            key: digest, reason: "AAC plays everywhere")
        audio.sampleRate = 48_000
        audio.channels = 2
        audio.language = "de"
        audio.title = "Deutsch"
        func file(_ path: String, _ count: Int64) -> ArtifactFile {
            ArtifactFile(path: path, byteCount: count, sha256: digest)
        }
        let video = VideoStreamInfo(
            index: 0, codec: "h264", pixelFormat: "yuv420p", bitDepth: 8,
            codedSize: PixelSize(width: 1280, height: 720), rotation: 0, frameRate: Ratio(25, 1),
            endSeconds: 7.5)
        let info = MediaInfo(
            kind: .video, format: "mov", mediaType: "video/mp4", byteCount: 123_456,
            durationSeconds: 7.5, video: video,
            streams: [
                StreamSummary(index: 0, type: "video", codec: "h264", width: 1280, height: 720),
                StreamSummary(
                    index: 1, type: "audio", codec: "aac", language: "de", sampleRate: 48_000,
                    channels: 2),
            ])
        let received = Timestamp(millisecondsSince1970: 1_795_450_490_123)
        guard let id = ItemID("showreel-3f9ac21b") else { preconditionFailure("a valid id") }
        let upload = Upload(
            itemID: id, fileName: "Showreel \"2026\".mov", byteCount: 123_456, sha256: digest,
            receivedAt: received, sidecar: Sidecar())
        var play = Play()
        play.hls = "hls.91c2d0aa.m3u8"
        play.dash = "dash.91c2d0aa.mpd"
        play.mp4 = "mp4.91c2d0aa.mp4"
        play.poster = "poster-1280.4be1c9d2.avif"
        play.storyboard = "storyboard.91c2d0aa/storyboard.vtt"
        play.captions = [
            Captions(
                path: "captions-1.91c2d0aa.vtt", kind: "subtitles", language: "en",
                label: "English")
        ]
        play.chapters = "chapters.91c2d0aa.vtt"
        return Manifest(
            item: id, generation: 3, state: .ready, kind: .video, title: "Showreel <2026>",
            alt: "A dancer turns",
            credit: Credit(creator: "A", copyright: "© 2026 A", license: "CC-BY-4.0"),
            owner: "anna", source: Source(upload: upload, info: info),
            derivatives: [
                Derivative(
                    Artifact(
                        description: rendition, file: file("video-720p.91c2d0aa/media.m3u8", 300),
                        companions: [
                            file("video-720p.91c2d0aa/init.mp4", 800),
                            file("video-720p.91c2d0aa/segment-1.m4s", 900_000),
                        ])),
                Derivative(
                    Artifact(description: poster, file: file("poster-1280.4be1c9d2.avif", 48_211))),
                Derivative(
                    Artifact(description: audio, file: file("audio-aac.91c2d0aa/media.m3u8", 310))),
            ],
            play: play, html: "<video controls></video>",
            placeholder: Placeholder(
                thumbHash: "1QcSHQRnh493V4dIh4eXh1h4kJUI", blurHash: "LEHV6nWB2yk8pyo0adR*.7kCMdnj",
                dominantColor: "#203a72",
                palette: [
                    Placeholder.Swatch(color: "#203a72", share: 0.75),
                    Placeholder.Swatch(color: "#f0e0c0", share: 0.25),
                ], aspectRatio: 1.7778),
            loudness: Loudness(
                integratedLUFS: -18.5, rangeLU: 6.25, truePeakDBTP: -1.5, gainDB: 0.5),
            warnings: [MediaWarning(code: "truncatedSource", message: "The end is missing.")],
            provenance: Provenance(
                vitrine: "0.1.0", ffmpeg: "5.1.9", libvips: "8.14.1", encoders: ["libx264": "164"],
                recipe: "default", recipeDigest: digest, engineRevision: 1, sandbox: "reduced",
                sandboxMissing: ["landlock"],
                startedAt: received, finishedAt: received.advanced(by: .seconds(9)),
                cpuSeconds: 12.25, attempts: 1,
                decisions: [Decision("kind", "video", because: "a moving picture")]))
    }
}
