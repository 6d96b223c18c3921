import Foundation
import Glibc
import MediaModel
import Storage
import TestSupport
import Testing

struct LocalDerivativeStoreTests {
    let place: TemporaryDirectory
    let store: LocalDerivativeStore
    let item: ItemID

    init() throws {
        place = try TemporaryDirectory("store")
        store = try LocalDerivativeStore(path: place.file("storage").path)
        item = try #require(ItemID("item-1"))
    }

    @Test(arguments: StoreConformance.allCases)
    func conforms(_ behaviour: StoreConformance) async throws {
        try await behaviour.run(on: store)
    }

    @Test func layoutIsWhatAWebServerServes() async throws {
        let source = try Source()
        _ = try await store.put(
            [
                source.file("a.1a.jpg", "picture"), source.file("v.2b/0.m4s", "seg"),
            ], of: item, from: source.directory)
        try await store.putManifest(
            Data("{\"generation\":3}".utf8), generation: 3, of: item, replacing: nil)
        let found = try await Program("find").run(
            [place.file("storage").path, "-printf", "%m %P\n"])
        let lines = String(decoding: found, as: UTF8.self).split(separator: "\n").sorted()
        #expect(
            lines == [
                "644 items/item-1/a.1a.jpg", "644 items/item-1/manifest.json",
                "644 items/item-1/manifests/3.json", "644 items/item-1/v.2b/0.m4s",
                "755 ", "755 items", "755 items/item-1", "755 items/item-1/manifests",
                "755 items/item-1/v.2b",
            ])
    }

    @Test func aGenerationThatACrashKeptFromBecomingVisibleIsWrittenAgain() async throws {
        try await store.putManifest(
            Data("{\"generation\":1}".utf8), generation: 1, of: item, replacing: nil)
        // What a crash between the immutable copy and the manifest leaves.
        try place.write(
            "{\"generation\":2,\"lost\":true}", to: "storage/items/item-1/manifests/2.json")
        #expect(try await store.generations(of: item).map(\.generation) == [1])
        #expect(try await store.manifest(of: item, generation: 2) == nil)
        let again = Data("{\"generation\":2}".utf8)
        try await store.putManifest(again, generation: 2, of: item, replacing: 1)
        #expect(try await store.manifest(of: item) == again)
        #expect(try await store.manifest(of: item, generation: 2) == again)
    }

    @Test func startSweepsWhatUnfinishedWritesLeft() async throws {
        let source = try Source()
        _ = try await store.put(
            [source.file("v.2b/0.m4s", "seg")], of: item, from: source.directory)
        try place.write("half", to: "storage/items/item-1/.tmp-1-a")
        try place.write("half", to: "storage/items/item-1/v.2b/.tmp-1-b")
        try place.write("half", to: "storage/items/item-1/.tmp-1-c/0.m4s")
        try place.write("half", to: "storage/items/.tmp-1-d")
        #expect(try await store.list(item).map(\.path) == ["v.2b/0.m4s"])
        #expect(try await store.sweepTemporaries() == 4)
        let left = try await Program("find").run([place.url.path, "-name", ".tmp*"])
        #expect(left.isEmpty)
    }

    @Test func aWorkersSymlinkIsNotFollowed() async throws {
        let source = try Source()
        let secret = try source.file("secret", "secret")
        try FileManager.default.createSymbolicLink(
            at: source.place.file("a.1a.jpg"), withDestinationURL: source.place.file("secret"))
        let file = ArtifactFile(path: "a.1a.jpg", byteCount: 6, sha256: secret.sha256)
        let error = await #expect(throws: StorageError.self) {
            _ = try await store.put([file], of: item, from: source.directory)
        }
        #expect(error?.code == .mismatch)
    }

    @Test func whatAWorkerAnnouncedAndDidNotLeaveCountsAgainstItsAttempt() async throws {
        let source = try Source()
        for path in ["a.1a.jpg", "v.2b/0.m4s"] {
            let file = ArtifactFile(
                path: path, byteCount: 4, sha256: String(repeating: "a", count: 64))
            let error = await #expect(throws: StorageError.self) {
                _ = try await store.put([file], of: item, from: source.directory)
            }
            #expect(error?.code == .mismatch)
            #expect(error?.isInfrastructure == false)
        }
        let missing = StorageError(errno: ENOENT, operation: "open", path: "x")
        #expect(!missing.isInfrastructure, "or such a job would never end")
    }

    /// In a process of its own: the umask belongs to the whole process.
    @Test func theWebServerGetsInWhateverTheUmask() async {
        await #expect(processExitsWith: .success) {
            umask(0o077)
            let place = try TemporaryDirectory("umask")
            let store = try LocalDerivativeStore(path: place.file("storage").path)
            let item = try #require(ItemID("item-1"))
            let source = try Source()
            let files = try [source.file("a.1a.jpg", "picture"), source.file("v.2b/0.m4s", "seg")]
            _ = try await store.put(files, of: item, from: source.directory)
            // A directory that gets its first file alone is made in another way.
            let alone = try source.file("w.3c/0.m4s", "seg")
            let file = try source.directory.subdirectory("w.3c").openFile("0.m4s")
            _ = try await store.put(alone, of: item, from: file.rawValue)
            try await store.putManifest(
                Data("{\"generation\":1}".utf8), generation: 1, of: item, replacing: nil)
            let found = try await Program("find").run(
                [place.file("storage").path, "-printf", "%y%m\n"])
            let modes = Set(String(decoding: found, as: UTF8.self).split(separator: "\n"))
            try #require(modes == ["d755", "f644"])
        }
    }

    @Test func aDirectoryMadeJustBeforeACrashIsOpenedForTheWebServer() async throws {
        let url = place.file("storage/items/item-1")
        try FileManager.default.createDirectory(
            at: url, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        try await store.putManifest(
            Data("{\"generation\":1}".utf8), generation: 1, of: item, replacing: nil)
        let items = try Directory(path: place.file("storage/items").path)
        #expect(try items.status(of: "item-1")?.mode == 0o755)
    }

    @Test(.enabled(if: SmallFileSystem.isPossible, "mounting a tmpfs needs root"))
    func aFullDiskStoresNothingHalfAndWorksAgainWhenFreed() async throws {
        let disk = try await SmallFileSystem(kilobytes: 512)
        let store = try LocalDerivativeStore(path: disk.path)
        let source = try Source()
        let files = try (0..<8).map {
            try source.file("v.2b/\($0).m4s", String(repeating: "\($0)", count: 40_000))
        }
        let ballast = try Directory(path: disk.path)
        try AtomicFile.write(Data(count: 300_000), as: "ballast", in: ballast)
        let error = await #expect(throws: StorageError.self) {
            _ = try await store.put(files, of: item, from: source.directory)
        }
        #expect(error?.code == .noSpace)
        #expect(try await store.list(item).isEmpty)
        try ballast.removeFile("ballast")
        _ = try await store.put(files, of: item, from: source.directory)
        #expect(try await store.list(item).count == 8)
        #expect(try await store.sweepTemporaries() == 0)
    }

    @Test(.enabled(if: SmallFileSystem.isPossible, "mounting a tmpfs needs root"))
    func aReadOnlyStoreSaysSo() async throws {
        let disk = try await SmallFileSystem(kilobytes: 256)
        _ = try LocalDerivativeStore(path: disk.path)
        try await disk.remountReadOnly()
        let store = try LocalDerivativeStore(path: disk.path)
        let error = await #expect(throws: StorageError.self) { try await store.checkWritable() }
        #expect(error?.code == .readOnly)
    }

    @Test func concurrentPublishersLeaveTheHighestGeneration() async throws {
        let store = store
        let item = item
        await withTaskGroup(of: Void.self) { group in
            for generation in 1...16 {
                group.addTask {
                    // Losing to a newer generation is the expected end of most.
                    try? await store.putManifest(
                        Data("{\"generation\":\(generation)}".utf8), generation: generation,
                        of: item, replacing: nil)
                }
            }
        }
        #expect(try await store.manifest(of: item) == Data("{\"generation\":16}".utf8))
    }
}
