import Foundation
import MediaModel
import Storage
import TestSupport
import Testing

struct QuarantineTests {
    let place: TemporaryDirectory
    let directory: Directory
    let quarantine: Quarantine

    init() throws {
        place = try TemporaryDirectory("quarantine")
        directory = try Directory(path: place.url.path)
        quarantine = try Quarantine(path: place.file("quarantine").path)
    }

    private func refusal(_ sha256: String? = nil) throws -> Refusal {
        Refusal(
            item: try #require(ItemID("clip-1234")), fileName: "clip\\x0a.mov", byteCount: 4,
            sha256: sha256, owner: "anna", refusedAt: Timestamp(millisecondsSince1970: 0),
            failure: Failure(
                kind: .invalidMedia, code: "notMedia", operatorText: "for/operator",
                uploaderText: "for uploader"))
    }

    @Test func movesTheUploadWithItsReason() async throws {
        try place.write("text", to: "upload")
        #expect(
            try await quarantine.move("upload", in: directory, because: refusal()) == "clip-1234")
        #expect(try directory.status(of: "upload") == nil)
        #expect(try Data(contentsOf: place.file("quarantine/clip-1234")) == Data("text".utf8))
        let reason = try JSONValue(
            parsing: Data(contentsOf: place.file("quarantine/clip-1234.reason.json")))
        #expect(reason["code"]?.string == "notMedia")
        #expect(reason["kind"]?.string == "invalidMedia")
        #expect(reason["operator"]?.string == "for/operator")
        #expect(reason["uploader"]?.string == "for uploader")
        #expect(reason["fileName"]?.string == "clip\\x0a.mov")
        #expect(reason["byteCount"]?.int == 4)
        #expect(reason["owner"]?.string == "anna")
        #expect(reason["refusedAt"]?.string == "1970-01-01T00:00:00.000Z")
        #expect(try await quarantine.refusals() == [refusal()])
    }

    @Test func doingItAgainAfterACrashEndsTheSame() async throws {
        try place.write("text", to: "upload")
        _ = try await quarantine.move("upload", in: directory, because: refusal())
        // The crash came before the caller could note that it is done.
        #expect(
            try await quarantine.move("upload", in: directory, because: refusal()) == "clip-1234")
        #expect(try quarantine.root.names() == ["clip-1234", "clip-1234.reason.json"])
    }

    @Test func otherBytesUnderTheSameItemAreKeptBeside() async throws {
        try place.write("text", to: "upload")
        _ = try await quarantine.move("upload", in: directory, because: refusal())
        try place.write("TEXT", to: "upload")
        #expect(
            try await quarantine.move("upload", in: directory, because: refusal()) == "clip-1234-2")
        try place.write("text", to: "upload")
        #expect(
            try await quarantine.move("upload", in: directory, because: refusal()) == "clip-1234")
        #expect(try Data(contentsOf: place.file("quarantine/clip-1234")) == Data("text".utf8))
        #expect(try Data(contentsOf: place.file("quarantine/clip-1234-2")) == Data("TEXT".utf8))
    }

    @Test func anAdoptedUploadIsShownHereAndKeptThere() async throws {
        let originals = try OriginalStore(path: place.file("originals").path)
        try place.write("text", to: "upload")
        let upload = try directory.openFile("upload")
        let digest = try await originals.adopt(upload.rawValue)
        for _ in 0..<2 {
            #expect(
                try await quarantine.keep(
                    originalOf: refusal(digest.sha256), from: originals) == "clip-1234")
        }
        #expect(try Data(contentsOf: place.file("quarantine/clip-1234")) == Data("text".utf8))
        #expect(try await originals.verify(digest.sha256))
        #expect(try quarantine.root.names() == ["clip-1234", "clip-1234.reason.json"])
    }

    @Test func anUploadThatWasCompletedAfterAllIsReleasedAndItsOriginalStays() async throws {
        let originals = try OriginalStore(path: place.file("originals").path)
        try place.write("text", to: "upload")
        let upload = try directory.openFile("upload")
        let digest = try await originals.adopt(upload.rawValue)
        _ = try await quarantine.keep(originalOf: refusal(digest.sha256), from: originals)
        try await quarantine.attach(
            upload.rawValue, as: Quarantine.sidecarSuffix, to: refusal().item)
        // Another upload, whose id looks like the second one of this.
        var other = try refusal()
        other.item = try #require(ItemID("clip-1234-2"))
        try place.write("text", to: "upload")
        _ = try await quarantine.move("upload", in: directory, because: other)
        for _ in 0..<2 {
            try await quarantine.release(item: refusal().item, sha256: digest.sha256)
            #expect(try quarantine.root.names() == ["clip-1234-2", "clip-1234-2.reason.json"])
        }
        #expect(try await originals.verify(digest.sha256))
    }

    @Test func otherBytesAreNotReleasedAndACrashInBetweenIsFinished() async throws {
        let digest = ContentDigest(of: Array("text".utf8)).sha256
        try place.write("TEXT", to: "upload")
        _ = try await quarantine.move("upload", in: directory, because: refusal())
        try place.write("text", to: "upload")
        _ = try await quarantine.move("upload", in: directory, because: refusal(digest))
        // The crash came between the bytes and their reason.
        try quarantine.root.removeFile("clip-1234-2")
        try await quarantine.release(item: refusal().item, sha256: digest)
        #expect(try quarantine.root.names() == ["clip-1234", "clip-1234.reason.json"])
        #expect(try Data(contentsOf: place.file("quarantine/clip-1234")) == Data("TEXT".utf8))
    }

    @Test(.enabled(if: SmallFileSystem.isPossible, "mounting a tmpfs needs root"))
    func betweenFileSystemsItCopiesFirst() async throws {
        let disk = try await SmallFileSystem(kilobytes: 256)
        let other = try Directory(path: disk.path)
        try AtomicFile.write(Data("text".utf8), as: "upload", in: other)
        _ = try await quarantine.move("upload", in: other, because: refusal())
        #expect(try other.names().isEmpty)
        #expect(try Data(contentsOf: place.file("quarantine/clip-1234")) == Data("text".utf8))
    }
}
