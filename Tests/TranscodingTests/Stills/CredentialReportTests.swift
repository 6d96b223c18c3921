import Foundation
import MediaModel
import Planning
import TestSupport
import Testing
import Vips

@testable import Transcoding

/// Content credentials of whole pictures, from the upload to what the manifest and the plan say of
/// them; nothing of them is in a derivative, whose bytes they would not sign.
@Suite struct CredentialReportTests {
    let run: StillRun

    init() throws { run = try StillRun() }

    private static let word = "c2pa-manifest-store"

    /// A JUMBF superbox as C2PA has it, with a word in it to look for.
    private static var store: [UInt8] {
        let description = Array("jumdc2pa".utf8) + [0, 0x11, 0, 0x10, 0x80, 0, 0, 0xAA]
        let label = Array("\(word)\0".utf8)
        let inner = [0, 0, 0, UInt8(4 + description.count + label.count)] + description + label
        return [0, 0, 0, UInt8(8 + inner.count)] + Array("jumb".utf8) + inner
    }

    /// The box of ISO media around the store.
    private static var uuidBox: Data {
        let uuid: [UInt8] = [
            0xD8, 0xFE, 0xC3, 0xD6, 0x1B, 0x0E, 0x48, 0x3C, 0x92, 0x97, 0x58, 0x28, 0x87, 0x7E,
            0xC4, 0x81,
        ]
        // Version and flags, what it is for, and where a tree of digests would be.
        let content =
            Array("uuid".utf8) + uuid + [0, 0, 0, 0] + Array("manifest\0".utf8)
            + [UInt8](repeating: 0, count: 8) + store
        return Data([0, 0, 0, UInt8(content.count + 4)] + content)
    }

    private func signed(_ name: String) throws -> URL {
        let file = try FourCorners.make(
            name == "a.avif" ? "plain.png" : name, for: run,
            options: name == "a.webp" ? "lossless=True" : "")
        switch file.pathExtension {
        case "jpg":
            var bytes = try [UInt8](Data(contentsOf: file))
            let payload = Array("JP".utf8) + [0, 1, 0, 0, 0, 1] + Self.store
            bytes.insert(contentsOf: [0xFF, 0xEB, 0, UInt8(payload.count + 2)] + payload, at: 2)
            try Data(bytes).write(to: file)
            return file
        case "tif":
            let store = run.fixture("store")
            try Data(Self.store).write(to: store)
            try run.pillow(
                """
                from PIL import TiffImagePlugin
                tags = TiffImagePlugin.ImageFileDirectory_v2()
                tags.tagtype[0xCD41] = 7
                tags[0xCD41] = open(args[1], "rb").read()
                Image.open(args[0]).save(args[0], tiffinfo=tags)
                """, file.path, store.path)
            return file
        case "webp":
            var bytes = try [UInt8](Data(contentsOf: file))
            bytes += Array("C2PA".utf8) + [UInt8(Self.store.count), 0, 0, 0] + Self.store
            bytes += Self.store.count % 2 == 1 ? [0] : []
            let size = bytes.count - 8
            for place in 0..<4 { bytes[4 + place] = UInt8(truncatingIfNeeded: size >> (8 * place)) }
            try Data(bytes).write(to: file)
            return file
        default:
            guard name == "a.avif" else {
                return try PNGChunk.insert("caBX", Self.store, into: file, for: run)
            }
            let avif = run.fixture(name)
            try Oracle.run("heif-enc", ["-A", file.path, "-o", avif.path])
            try (Data(contentsOf: avif) + Self.uuidBox).write(to: avif)
            return avif
        }
    }

    private func probed(_ file: URL) throws -> MediaInfo {
        let handle = try FileHandle(forReadingFrom: file)
        defer { try? handle.close() }
        return try Engine(upload: handle.fileDescriptor, scratch: run.scratch())
            .probe(limits: Limits(), fileName: file.lastPathComponent)
    }

    private func expectReport(of info: MediaInfo, recipe: Recipe) throws {
        #expect(info.contentCredentials == "c2pa")
        let plan = try Planner(cores: 2).plan(
            info, recipe: recipe, source: PlanSource(sha256: "0", sidecar: Sidecar()))
        let decision = plan.decisions.first { $0.subject == "content credentials" }
        #expect(decision?.choice == "not carried over")
        #expect(decision?.reason.contains("c2pa") == true)
        let source = try JSONEncoder().encode(Manifest.SourceInfo(info))
        #expect(source.range(of: Data("\"contentCredentials\":\"c2pa\"".utf8)) != nil)
    }

    private func expectNoTrace(in artifacts: [Artifact], of directory: URL) throws {
        let files = artifacts.flatMap { [$0.file] + $0.companions }
        #expect(!files.isEmpty)
        for file in files {
            let bytes = try Data(contentsOf: directory.appendingPathComponent(file.path))
            for trace in [Self.word, "jumb", "C2PA", "caBX"] {
                #expect(bytes.range(of: Data(trace.utf8)) == nil, "\(file.path): \(trace)")
            }
        }
    }

    @Test(arguments: ["a.jpg", "a.png", "a.webp", "a.avif", "a.tif"])
    func credentialsAreReportedAndNotCarriedOver(name: String) throws {
        let file = try signed(name)
        let info = try probed(file)
        #expect(info.warnings == [])
        try expectReport(of: info, recipe: .width(400))
        try run.run(file, recipe: .width(400))
        try expectNoTrace(in: run.events.artifacts, of: run.directory)
    }

    @Test func aFilmsCredentialsAreReportedAndNotCarriedOver() async throws {
        let film = try await Film { $0.frameCount = 25 }.file()
        let file = run.fixture("signed.mp4")
        try (Data(contentsOf: film) + Self.uuidBox).write(to: file)
        let work = try UploadRun("signed", recipe: .quick)
        try work.run(file)
        try expectReport(of: #require(work.info), recipe: .quick)
        try expectNoTrace(in: work.events.artifacts, of: work.directory.url)
    }

    @Test func aDocumentsCredentialsAreReportedAndNotCarriedOver() throws {
        var document = PDFFile([.text(["Signed"])])
        document.catalogue = "/AF[5 0 R]/Names<</EmbeddedFiles<</Names[(manifest.c2pa) 5 0 R]>>>>"
        document.extras = [
            "<</Type/Filespec/AFRelationship/C2PA_Manifest/F(manifest.c2pa)/UF(manifest.c2pa)"
                + "/EF<</F 6 0 R>>>>",
            PDFFile.stream(
                String(decoding: Self.store, as: UTF8.self),
                "/Type/EmbeddedFile/Subtype/application#2Fc2pa"),
        ]
        let work = try DocumentRun()
        try work.run(work.fixture(document))
        let info = try #require(work.info)
        #expect(info.warnings.map(\.code) == ["documentAttachments"])
        try expectReport(of: info, recipe: DocumentRun.recipe)
        try expectNoTrace(in: work.events.artifacts, of: work.directory.url)
    }

    @Test func nothingIsSaidWhereThereAreNone() throws {
        let info = try probed(FourCorners.make("a.jpg", for: run))
        #expect(info.contentCredentials == nil)
        let plan = try Planner(cores: 2).plan(
            info, recipe: .small, source: PlanSource(sha256: "0", sidecar: Sidecar()))
        #expect(!plan.decisions.contains { $0.subject == "content credentials" })
    }
}
