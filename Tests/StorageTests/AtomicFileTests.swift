import Foundation
import Glibc
import MediaModel
import Storage
import TestSupport
import Testing

struct AtomicFileTests {
    let place: TemporaryDirectory
    let directory: Directory

    init() throws {
        place = try TemporaryDirectory("atomic")
        directory = try Directory(path: place.url.path)
    }

    @Test func publishesTheBytesWithTheModeAndNothingElse() throws {
        try AtomicFile.write(Data("one".utf8), as: "file", in: directory, mode: 0o664)
        #expect(try Data(contentsOf: place.file("file")) == Data("one".utf8))
        #expect(try directory.status(of: "file")?.mode == 0o664)
        #expect(try directory.names() == ["file"])
    }

    /// Deeper than a thread's stack, as a worker that was taken over could leave its scratch.
    @Test func aTreeOfAnyDepthIsMeasuredAndRemoved() async throws {
        var deep = directory
        for level in 0..<3000 {
            deep = try deep.subdirectory("down", creating: 0o755)
            if level < 20 { try AtomicFile.write(Data("abc".utf8), as: "file", in: deep) }
        }
        #expect(directory.contentBytes() == 7 * 3)
        let removal = await withCheckedContinuation { done in
            let thread = Thread { [directory] in
                done.resume(returning: Result { try directory.removeTree("down") })
            }
            thread.stackSize = 256 << 10
            thread.start()
        }
        try removal.get()
        #expect(try directory.names() == [])
    }

    @Test func replacesWholeFiles() throws {
        try AtomicFile.write(Data("a longer text".utf8), as: "file", in: directory)
        try AtomicFile.write(Data("short".utf8), as: "file", in: directory)
        #expect(try Data(contentsOf: place.file("file")) == Data("short".utf8))
    }

    @Test func refusesATakenName() throws {
        try AtomicFile.write(Data("first".utf8), as: "file", in: directory)
        let error = #expect(throws: StorageError.self) {
            try AtomicFile.write(
                Data("second".utf8), as: "file", in: directory, existing: .refuse)
        }
        #expect(error?.code == .alreadyExists)
        #expect(try Data(contentsOf: place.file("file")) == Data("first".utf8))
        #expect(try directory.names() == ["file"])
    }

    @Test func copiesAndHashesWhatSha256sumSays() async throws {
        // More than two pieces, and no whole number of them.
        let bytes = Data((0..<2_500_001).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) })
        try place.write(bytes, to: "source")
        let source = try directory.openFile("source")
        let digest = try AtomicFile.copy(source.rawValue, as: "copy", in: directory)
        #expect(digest.byteCount == 2_500_001)
        let said = try await Program("sha256sum").run([place.file("copy").path])
        #expect(String(decoding: said, as: UTF8.self).hasPrefix(digest.sha256 + " "))
        #expect(try Data(contentsOf: place.file("copy")) == bytes)
    }

    @Test func otherBytesThanAnnouncedAreNotPublished() throws {
        try place.write("what it is", to: "source")
        let source = try directory.openFile("source")
        let announced = ContentDigest(of: Array("what it isn't".utf8))
        let error = #expect(throws: StorageError.self) {
            try AtomicFile.copy(
                source.rawValue, as: "copy", in: directory,
                expected: ContentDigest(byteCount: 10, sha256: announced.sha256))
        }
        #expect(error?.code == .mismatch)
        #expect(try directory.names() == ["source"])
    }

    @Test func aSourceBeyondTheLimitIsNotCopied() throws {
        try place.write("eleven here", to: "source")
        let source = try directory.openFile("source")
        let error = #expect(throws: StorageError.self) {
            try AtomicFile.copy(source.rawValue, as: "copy", in: directory, limit: 10)
        }
        #expect(error?.code == .tooLarge)
        #expect(try directory.names() == ["source"])
    }

    @Test(.enabled(if: SmallFileSystem.isPossible, "mounting a tmpfs needs root"))
    func aFullDiskLeavesTheOldFileAndNoTemporary() async throws {
        let disk = try await SmallFileSystem(kilobytes: 256)
        let directory = try Directory(path: disk.path)
        try AtomicFile.write(Data("old".utf8), as: "file", in: directory)
        let error = #expect(throws: StorageError.self) {
            try AtomicFile.write(
                Data(count: 1 << 20), as: "file", in: directory)
        }
        #expect(error?.code == .noSpace)
        #expect(error?.isInfrastructure == true)
        #expect(error?.failure.kind == .io)
        #expect(try directory.names() == ["file"])
        #expect(try directory.status(of: "file")?.byteCount == 3)
    }

    @Test(.enabled(if: SmallFileSystem.isPossible, "mounting a tmpfs needs root"))
    func aReadOnlyDiskIsSaidToBeOne() async throws {
        let disk = try await SmallFileSystem(kilobytes: 256)
        try await disk.remountReadOnly()
        let directory = try Directory(path: disk.path)
        let error = #expect(throws: StorageError.self) {
            try AtomicFile.write(Data("x".utf8), as: "file", in: directory)
        }
        #expect(error?.code == .readOnly)
    }

    @Test func symlinksAndFIFOsAreNotOpened() throws {
        try place.write("secret", to: "secret")
        try FileManager.default.createSymbolicLink(
            at: place.file("link"), withDestinationURL: place.file("secret"))
        try #require(unsafe mkfifo(place.file("fifo").path, 0o600) == 0)
        for name in ["link", "fifo"] as [FileName] {
            let error = #expect(throws: StorageError.self) {
                _ = try directory.openFile(name).release()
            }
            #expect(error?.code == .notRegularFile)
        }
        try FileManager.default.createDirectory(
            at: place.file("real"), withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(
            at: place.file("detour"), withDestinationURL: place.file("real"))
        #expect(throws: StorageError.self) { try directory.subdirectory("detour") }
    }
}
