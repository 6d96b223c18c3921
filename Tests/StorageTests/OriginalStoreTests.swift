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

    @Test func nobodyRemovesWhatIsBeingTakenIn() async throws {
        try place.write("a work", to: "upload")
        let upload = try directory.openFile("upload")
        let sha256 = try await originals.adopt(upload.rawValue).sha256
        _ = try await originals.adopt(upload.rawValue)
        #expect(originals.isArriving(sha256))
        #expect(try await originals.remove(sha256) { false } == .arriving)
        originals.settle(sha256)
        // Two came, one is known.
        #expect(try await originals.remove(sha256) { false } == .arriving)
        originals.settle(sha256)
        #expect(!originals.isArriving(sha256))
        #expect(try await originals.remove(sha256) { true } == .needed)
        #expect(try await originals.contains(sha256))
        #expect(try await originals.remove(sha256) { false } == .removed)
        #expect(try await originals.contains(sha256) == false)
        #expect(try await originals.remove(sha256) { false } == .removed, "repeating is free")
    }

    /// The upload became an item between the look and the removal.
    @Test func whatCameWhileSomebodyLookedIsKept() async throws {
        try place.write("a work", to: "upload")
        let upload = try directory.openFile("upload").release()
        let file = OwnedDescriptor(upload)
        let sha256 = try await originals.adopt(file.rawValue).sha256
        originals.settle(sha256)
        let removal = try await originals.remove(sha256) {
            _ = try await originals.adopt(upload)
            originals.settle(sha256)
            return false
        }
        #expect(removal == .arriving)
        #expect(try await originals.verify(sha256))
        // The doubt ends with the removal that had it.
        #expect(try await originals.remove(sha256) { false } == .removed)
        _ = consume file
    }

    @Test func aCopyThatFailedIsNoArrival() async throws {
        try place.write("a work", to: "upload")
        let upload = try directory.openFile("upload")
        let sha256 = ContentDigest(of: Array("a work".utf8)).sha256
        // The place of the bytes is a directory: the rename fails.
        try place.write("x", to: "originals/\(sha256.prefix(2))/\(sha256)/in the way")
        let descriptor = upload.rawValue
        await #expect(throws: StorageError.self) { try await originals.adopt(descriptor) }
        #expect(!originals.isArriving(sha256))
        _ = consume upload
    }

    @Test(arguments: ["", "../../etc/passwd", "ABCD"])
    func onlyDigestsAreOpened(_ name: String) async throws {
        await #expect(throws: StorageError.self) { try await originals.contains(name) }
    }
}
