import Foundation
import MediaModel
import Testing

/// What a manifest says of a document, against a golden file.
struct DocumentManifestTests {
    private static let golden = ManifestTests.golden.deletingLastPathComponent()
        .appending(path: "manifest-document.json")

    private static func manifest() throws -> Manifest {
        let digest = String(repeating: "0123456789abcdef", count: 4)
        func derivative(
            _ role: Role, _ name: String, _ type: String, _ path: String, width: Int? = nil,
            height: Int? = nil, page: Int? = nil
        ) -> Manifest.Derivative {
            var description = DerivativeDescription(
                role: role, name: name, mediaType: type, key: digest, reason: "a reason")
            description.width = width
            description.height = height
            description.page = page
            return Manifest.Derivative(
                Artifact(
                    description: description,
                    file: ArtifactFile(path: path, byteCount: 4_000, sha256: digest)))
        }
        let info = MediaInfo(
            kind: .document, format: "pdf", mediaType: "application/pdf", byteCount: 123_456,
            document: DocumentInfo(
                pageCount: 14,
                pageSizes: DocumentInfo.runs(
                    Array(repeating: (595.28, 841.89), count: 12) + [(0, 0), (841.89, 595.28)])),
            tags: ["title": "A booklet"])
        let received = Timestamp(millisecondsSince1970: 1_795_450_490_123)
        let id = try #require(ItemID("booklet-3f9ac21b"))
        return Manifest(
            item: id, generation: 1, state: .ready, kind: .document, title: "A booklet", alt: nil,
            credit: nil, owner: nil,
            source: .init(
                upload: Upload(
                    itemID: id, fileName: "Booklet.pdf", byteCount: 123_456, sha256: digest,
                    receivedAt: received, sidecar: Sidecar()), info: info),
            derivatives: [
                derivative(
                    .cover, "cover-320.avif", "image/avif", "cover-320.4be1c9d2.avif", width: 320,
                    height: 453, page: 1),
                derivative(
                    .page, "page-14-800.webp", "image/webp", "page-14-800.91c2d0aa.webp",
                    width: 800, height: 565, page: 14),
                derivative(
                    .text, "text", "text/plain; charset=utf-8", "text.91c2d0aa.txt"),
            ],
            play: nil, html: "<section></section>", placeholder: nil, loudness: nil,
            warnings: [
                MediaWarning(code: "unreadablePages", message: "1 of the pages cannot be read.")
            ],
            provenance: .init(
                vitrine: "0.1.0", ffmpeg: "5.1.9", libvips: "8.14.1",
                encoders: ["poppler": "22.12.0"], recipe: "default", recipeDigest: digest,
                engineRevision: 1, sandbox: "active", startedAt: received,
                finishedAt: received.advanced(by: .seconds(2)), cpuSeconds: 1.5, attempts: 1,
                decisions: [Decision("kind", "document", because: "the content is pdf")]))
    }

    @Test func encodesExactlyAsPublished() throws {
        let document = try ManifestTests.encoded(Self.manifest())
        if ProcessInfo.processInfo.environment["RECORD_GOLDENS"] != nil {
            try document.write(to: Self.golden)
            Issue.record("recorded \(Self.golden.lastPathComponent): look at it, then run again")
        }
        let golden = try Data(contentsOf: Self.golden)
        #expect(
            String(decoding: document, as: UTF8.self) == String(decoding: golden, as: UTF8.self))
        #expect(try JSONDecoder().decode(Manifest.self, from: golden) == Self.manifest())
    }
}
