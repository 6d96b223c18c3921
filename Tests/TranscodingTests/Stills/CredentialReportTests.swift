import Foundation
import MediaModel
import Planning
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
            let uuid: [UInt8] = [
                0xD8, 0xFE, 0xC3, 0xD6, 0x1B, 0x0E, 0x48, 0x3C, 0x92, 0x97, 0x58, 0x28, 0x87, 0x7E,
                0xC4, 0x81,
            ]
            let content = Array("uuid".utf8) + uuid + [0, 0, 0, 0] + Self.store
            let box = [0, 0, 0, UInt8(content.count + 4)] + content
            try (Data(contentsOf: avif) + Data(box)).write(to: avif)
            return avif
        }
    }

    private func probed(_ file: URL) throws -> MediaInfo {
        let handle = try FileHandle(forReadingFrom: file)
        defer { try? handle.close() }
        return try Engine(upload: handle.fileDescriptor, scratch: run.scratch())
            .probe(limits: Limits(), fileName: file.lastPathComponent)
    }

    @Test(arguments: ["a.jpg", "a.png", "a.webp", "a.avif"])
    func credentialsAreReportedAndNotCarriedOver(name: String) throws {
        let file = try signed(name)
        let info = try probed(file)
        #expect(info.contentCredentials == "c2pa" && info.warnings == [])
        let plan = try Planner(cores: 2).plan(
            info, recipe: .width(400), source: PlanSource(sha256: "0", sidecar: Sidecar()))
        let decision = plan.decisions.first { $0.subject == "content credentials" }
        #expect(decision?.choice == "not carried over")
        #expect(decision?.reason.contains("c2pa") == true)
        let source = try JSONEncoder().encode(Manifest.SourceInfo(info))
        #expect(source.range(of: Data("\"contentCredentials\":\"c2pa\"".utf8)) != nil)
        try run.run(file, recipe: .width(400))
        for artifact in run.events.artifacts {
            let bytes = try Data(
                contentsOf: run.directory.appendingPathComponent(artifact.file.path))
            for trace in [Self.word, "jumb", "C2PA", "caBX"] {
                #expect(
                    bytes.range(of: Data(trace.utf8)) == nil,
                    "\(artifact.description.name): \(trace)")
            }
        }
    }

    @Test func nothingIsSaidWhereThereAreNone() throws {
        let info = try probed(FourCorners.make("a.jpg", for: run))
        #expect(info.contentCredentials == nil)
        let plan = try Planner(cores: 2).plan(
            info, recipe: .small, source: PlanSource(sha256: "0", sidecar: Sidecar()))
        #expect(!plan.decisions.contains { $0.subject == "content credentials" })
    }
}
