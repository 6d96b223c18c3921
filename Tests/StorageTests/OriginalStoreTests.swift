import Foundation
import Storage
import TestSupport
import Testing

struct OriginalStoreTests {
    let place: TemporaryDirectory
    let directory: Directory
    let originals: OriginalStore

    init() throws {
        place = try TemporaryDirectory("originals")
        directory = try Directory(path: place.url.path)
        originals = try OriginalStore(path: place.file("originals").path)
    }

    @Test func keepsByContentReadOnlyAndPrivate() async throws {
        try place.write("a work", to: "upload")
        let upload = try directory.openFile("upload")
        let digest = try await originals.adopt(upload.rawValue)
        #expect(digest == ContentDigest(of: Array("a work".utf8)))
        let kept = "\(digest.sha256.prefix(2))/\(digest.sha256)"
        let status = try originals.root.subdirectory(
            try #require(FileName(String(digest.sha256.prefix(2))))
        ).status(of: try #require(FileName(digest.sha256)))
        #expect(status?.mode == 0o440)
        #expect(try Data(contentsOf: place.file("originals/\(kept)")) == Data("a work".utf8))
        #expect(try directory.status(of: "originals")?.mode == 0o750)
        #expect(try await originals.contains(digest.sha256))
        #expect(try await originals.verify(digest.sha256))
        let file = try await originals.open(digest.sha256)
        #expect(try ContentDigest(of: file.rawValue) == digest)
    }

    @Test func theSameAgainChangesNothing() async throws {
        try place.write("a work", to: "upload")
        let upload = try directory.openFile("upload")
        let first = try await originals.adopt(upload.rawValue)
        let second = try await originals.adopt(upload.rawValue)
        #expect(first == second)
        #expect(try await originals.list() == [first.sha256])
        #expect(try await originals.sweepTemporaries() == 0)
    }

    @Test func verifyFindsChangedBytes() async throws {
        try place.write("a work", to: "upload")
        let upload = try directory.openFile("upload")
        let digest = try await originals.adopt(upload.rawValue)
        let file = place.file("originals/\(digest.sha256.prefix(2))/\(digest.sha256)")
        try Data("a wort".utf8).write(to: file)
        #expect(try await originals.verify(digest.sha256) == false)
    }

    @Test func whatIsTooLargeIsNotKept() async throws {
        try place.write("a work", to: "upload")
        let upload = try directory.openFile("upload").release()
        let error = await #expect(throws: StorageError.self) {
            let file = OwnedDescriptor(upload)
            _ = try await originals.adopt(file.rawValue, limit: 5)
        }
        #expect(error?.code == .tooLarge)
        #expect(try await originals.list().isEmpty)
        #expect(try originals.root.names().count == 256, "no temporary file")
    }

    @Test func aCancelledCopyEndsAndLeavesNothing() async throws {
        try place.write(Data(count: 64 << 20), to: "upload")
        let upload = try directory.openFile("upload").release()
        let originals = originals
        let task = Task {
            let file = OwnedDescriptor(upload)
            _ = try await originals.adopt(file.rawValue)
        }
        task.cancel()
        let error = await #expect(throws: StorageError.self) { try await task.value }
        #expect(error?.code == .cancelled)
        #expect(try originals.root.names().count == 256, "no temporary file")
    }

    @Test(arguments: ["", "../../etc/passwd", "ABCD"])
    func onlyDigestsAreOpened(_ name: String) async throws {
        await #expect(throws: StorageError.self) { try await originals.contains(name) }
    }
}
