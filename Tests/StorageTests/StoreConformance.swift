import Foundation
import MediaModel
import Storage
import TestSupport
import Testing

/// What every `DerivativeStore` does. A new implementation runs each case against a fresh store.
enum StoreConformance: String, CaseIterable, Sendable {
    case objectIsReadBackAsItWasPut
    case puttingTheSameAgainIsFree
    case otherBytesUnderATakenNameConflict
    case bytesThatWereNotAnnouncedAreNotStored
    case directoriesArriveWhole
    case directoriesInsideArriveWhole
    case aDirectoryThatIsThereIsCompleted
    case namesThatClimbOrHideAreRefused
    case manifestIsTheLastGenerationPut
    case generationsStay
    case aLateWriterIsRefused
    case theExpectedGenerationMustBeVisible
    case puttingAManifestAgainIsFree
    case aPublishedGenerationNeverChanges
    case listingShowsObjectsOnly
    case removalSparesWhatWasStoredSince
    case theVisibleGenerationIsNotRemoved
    case removedItemsAreGone
    case whatIsAbsentIsNilOrNotFound
    case aPortfolioIsTheLastOnePut

    func run(on store: any DerivativeStore) async throws {
        let source = try Source()
        let item = try #require(ItemID("item-1"))
        switch self {
        case .objectIsReadBackAsItWasPut:
            let file = try source.file("poster.1a.avif", "picture")
            #expect(try await source.put(file, item, store) == .stored)
            #expect(try await read("poster.1a.avif", item, store) == "picture")
            #expect(try await store.holds(file, of: item, reading: true))
            var other = file
            other.sha256 = ContentDigest(of: Array("pictura".utf8)).sha256
            #expect(try await store.holds(other, of: item, reading: true) == false)
            #expect(try await store.items() == [item])
        case .puttingTheSameAgainIsFree:
            let file = try source.file("poster.1a.avif", "picture")
            _ = try await source.put(file, item, store)
            #expect(try await source.put(file, item, store) == .alreadyPresent)
        case .otherBytesUnderATakenNameConflict:
            _ = try await source.put(source.file("a.1a.jpg", "picture"), item, store)
            let other = try source.file("a.1a.jpg", "pictura")
            await expect(.conflict) { _ = try await source.put(other, item, store) }
            #expect(try await read("a.1a.jpg", item, store) == "picture")
        case .bytesThatWereNotAnnouncedAreNotStored:
            var file = try source.file("a.1a.jpg", "picture")
            file.sha256 = ContentDigest(of: Array("pictura".utf8)).sha256
            let wrongDigest = file
            await expect(.mismatch) { _ = try await source.put(wrongDigest, item, store) }
            await expect(.mismatch) {
                _ = try await store.put([wrongDigest], of: item, from: source.directory)
            }
            var short = try source.file("a.1a.jpg", "picture")
            short.byteCount = 8
            let wrongLength = short
            await expect(.mismatch) { _ = try await source.put(wrongLength, item, store) }
            #expect(try await store.list(item).isEmpty)
        case .directoriesArriveWhole:
            let files = try (0..<70).map { try source.file("video.2b/\($0).m4s", "segment \($0)") }
            var broken = files
            broken[69].sha256 = files[0].sha256
            let announced = broken
            await expect(.mismatch) {
                _ = try await store.put(announced, of: item, from: source.directory)
            }
            let outcomes = try await store.put(files, of: item, from: source.directory)
            #expect(outcomes == Array(repeating: .stored, count: 70))
            #expect(try await read("video.2b/33.m4s", item, store) == "segment 33")
            #expect(try await store.list(item).count == 70)
            let again = try await store.put(files, of: item, from: source.directory)
            #expect(again == Array(repeating: .alreadyPresent, count: 70))
        case .directoriesInsideArriveWhole:
            var files = [try source.file("tiles.2b/tiles.dzi", "about")]
            for level in 0..<3 {
                for tile in 0..<40 {
                    files.append(
                        try source.file(
                            "tiles.2b/t_files/\(level)/\(tile)_0.jpg", "\(level) \(tile)"))
                }
            }
            var broken = files
            broken[120].sha256 = files[0].sha256
            let announced = broken
            await expect(.mismatch) {
                _ = try await store.put(announced, of: item, from: source.directory)
            }
            #expect(try await store.list(item).isEmpty)
            let outcomes = try await store.put(files, of: item, from: source.directory)
            #expect(outcomes == Array(repeating: .stored, count: 121))
            #expect(try await read("tiles.2b/t_files/2/39_0.jpg", item, store) == "2 39")
            #expect(try await store.holds(files[60], of: item, reading: true))
            #expect(
                try await store.list(item).map(\.path).sorted() == files.map(\.path).sorted())
            let again = try await store.put(files, of: item, from: source.directory)
            #expect(again == Array(repeating: .alreadyPresent, count: 121))
            let now = Timestamp(millisecondsSince1970: .max)
            for file in files {
                #expect(try await store.remove(file.path, of: item, notStoredAfter: now))
            }
            #expect(try await store.list(item).isEmpty)
            // Nothing is left of the directories either: they can arrive as a whole once more.
            #expect(
                try await store.put(files, of: item, from: source.directory)
                    == Array(repeating: .stored, count: 121))
        case .aDirectoryThatIsThereIsCompleted:
            let first = try source.file("video.2b/0.m4s", "segment")
            let second = try source.file("video.2b/1.m4s", "segment 1")
            _ = try await store.put([first], of: item, from: source.directory)
            let outcomes = try await store.put([first, second], of: item, from: source.directory)
            #expect(outcomes == [.alreadyPresent, .stored])
        case .namesThatClimbOrHideAreRefused:
            for path in [
                "", "..", "../a", "a/../b", "/a", "a/b/c/d/e/f", "a/b/../c", ".hidden", "a//b",
                "manifest.json",
                "manifests/1.json", "manifests", "a b", "a\nb",
            ] {
                let file = ArtifactFile(
                    path: path, byteCount: 0, sha256: ContentDigest(of: []).sha256)
                await expect(.invalidName) {
                    _ = try await store.put([file], of: item, from: source.directory)
                }
                await expect(.invalidName) { _ = try await store.open(path, of: item).release() }
            }
        case .manifestIsTheLastGenerationPut:
            try await store.putManifest(manifest(1), generation: 1, of: item, replacing: 0)
            #expect(try await store.manifest(of: item) == manifest(1))
            try await store.putManifest(manifest(2), generation: 2, of: item, replacing: nil)
            #expect(try await store.manifest(of: item) == manifest(2))
        case .generationsStay:
            for generation in [1, 2, 10] {
                try await store.putManifest(
                    manifest(generation), generation: generation, of: item, replacing: nil)
            }
            #expect(try await store.generations(of: item).map(\.generation) == [1, 2, 10])
            #expect(try await store.manifest(of: item, generation: 1) == manifest(1))
            #expect(try await store.manifest(of: item, generation: 3) == nil)
        case .aLateWriterIsRefused:
            try await store.putManifest(manifest(2), generation: 2, of: item, replacing: nil)
            await expect(.outdatedGeneration) {
                try await store.putManifest(manifest(1), generation: 1, of: item, replacing: nil)
            }
            #expect(try await store.manifest(of: item) == manifest(2))
            #expect(try await store.generations(of: item).map(\.generation) == [2])
        case .theExpectedGenerationMustBeVisible:
            try await store.putManifest(manifest(2), generation: 2, of: item, replacing: 0)
            await expect(.outdatedGeneration) {
                try await store.putManifest(manifest(3), generation: 3, of: item, replacing: 1)
            }
            await expect(.outdatedGeneration) {
                try await store.putManifest(manifest(3), generation: 3, of: item, replacing: 0)
            }
            try await store.putManifest(manifest(3), generation: 3, of: item, replacing: 2)
        case .puttingAManifestAgainIsFree:
            for _ in 0..<2 {
                try await store.putManifest(manifest(1), generation: 1, of: item, replacing: 0)
            }
            #expect(try await store.generations(of: item).map(\.generation) == [1])
        case .aPublishedGenerationNeverChanges:
            try await store.putManifest(manifest(1), generation: 1, of: item, replacing: 0)
            await expect(.conflict) {
                try await store.putManifest(
                    manifest(1, "other"), generation: 1, of: item, replacing: nil)
            }
            #expect(try await store.manifest(of: item, generation: 1) == manifest(1))
        case .listingShowsObjectsOnly:
            _ = try await source.put(source.file("a.1a.jpg", "picture"), item, store)
            _ = try await source.put(source.file("v.2b/0.m4s", "seg"), item, store)
            try await store.putManifest(manifest(1), generation: 1, of: item, replacing: 0)
            let listed = try await store.list(item)
            #expect(listed.map(\.path).sorted() == ["a.1a.jpg", "v.2b/0.m4s"])
            #expect(listed.map(\.byteCount).reduce(0, +) == 10)
        case .removalSparesWhatWasStoredSince:
            let file = try source.file("v.2b/0.m4s", "seg")
            _ = try await source.put(file, item, store)
            let stored = try #require(try await store.list(item).first).storedAt
            let before = Timestamp(millisecondsSince1970: stored.millisecondsSince1970 - 1)
            #expect(
                try await store.remove("v.2b/0.m4s", of: item, notStoredAfter: before) == false)
            #expect(try await store.remove("v.2b/0.m4s", of: item, notStoredAfter: stored))
            #expect(try await store.list(item).isEmpty)
            #expect(try await source.put(file, item, store) == .stored)
        case .theVisibleGenerationIsNotRemoved:
            try await store.putManifest(manifest(1), generation: 1, of: item, replacing: nil)
            try await store.putManifest(manifest(2), generation: 2, of: item, replacing: nil)
            await expect(.conflict) { try await store.removeGeneration(2, of: item) }
            try await store.removeGeneration(1, of: item)
            #expect(try await store.generations(of: item).map(\.generation) == [2])
        case .removedItemsAreGone:
            _ = try await source.put(source.file("v.2b/0.m4s", "seg"), item, store)
            try await store.putManifest(manifest(1), generation: 1, of: item, replacing: 0)
            try await store.remove(item)
            try await store.remove(item)
            #expect(try await store.items().isEmpty)
            #expect(try await store.manifest(of: item) == nil)
        case .whatIsAbsentIsNilOrNotFound:
            #expect(try await store.manifest(of: item) == nil)
            #expect(try await store.generations(of: item).isEmpty)
            #expect(try await store.list(item).isEmpty)
            await expect(.notFound) { _ = try await store.open("a.jpg", of: item).release() }
            let file = try source.file("a.1a.jpg", "picture")
            #expect(try await store.holds(file, of: item, reading: false) == false)
            try await store.checkWritable()
            #expect(try await store.sweepTemporaries() == 0)
        case .aPortfolioIsTheLastOnePut:
            let (anna, bert) = (OwnerName("Anna.b"), OwnerName("bert"))
            let (first, second) = try (#require(anna), #require(bert))
            #expect(try await store.portfolio(of: first) == nil)
            #expect(try await store.portfolios().isEmpty)
            try await store.removePortfolio(of: first)
            try await store.putPortfolio(manifest(1), of: second)
            try await store.putPortfolio(manifest(2), of: first)
            try await store.putPortfolio(manifest(3, "longer"), of: first)
            #expect(try await store.portfolio(of: first) == manifest(3, "longer"))
            #expect(
                try await store.portfolios() == [
                    StoredPortfolio(
                        owner: first, byteCount: Int64(manifest(3, "longer").count)),
                    StoredPortfolio(owner: second, byteCount: Int64(manifest(1).count)),
                ])
            // It is no item, and what is removed with an item leaves it alone.
            #expect(try await store.items().isEmpty)
            try await store.remove(item)
            try await store.removePortfolio(of: first)
            #expect(try await store.portfolio(of: first) == nil)
            #expect(try await store.portfolio(of: second) == manifest(1))
        }
    }

    private func manifest(_ generation: Int, _ note: String = "") -> Data {
        Data("{\"generation\":\(generation),\"note\":\"\(note)\"}".utf8)
    }

    private func read(
        _ path: String, _ item: ItemID, _ store: any DerivativeStore
    ) async throws -> String {
        let file = try await store.open(path, of: item)
        let bytes = try Data(contentsOf: file.rawValue, path: path)
        return String(decoding: bytes, as: UTF8.self)
    }

    private func expect(
        _ code: StorageError.Code, sourceLocation: SourceLocation = #_sourceLocation,
        _ body: () async throws -> Void
    ) async {
        let error = await #expect(throws: StorageError.self, sourceLocation: sourceLocation) {
            try await body()
        }
        #expect(error?.code == code, sourceLocation: sourceLocation)
    }
}

/// A worker's scratch directory.
struct Source {
    let place: TemporaryDirectory
    let directory: Directory

    init() throws {
        place = try TemporaryDirectory("scratch")
        directory = try Directory(path: place.url.path)
    }

    func file(_ path: String, _ text: String) throws -> ArtifactFile {
        try place.write(text, to: path)
        let digest = ContentDigest(of: Array(text.utf8))
        return ArtifactFile(path: path, byteCount: digest.byteCount, sha256: digest.sha256)
    }

    func put(
        _ file: ArtifactFile, _ item: ItemID, _ store: any DerivativeStore
    ) async throws -> PutOutcome {
        let handle = try FileHandle(forReadingFrom: place.file(file.path))
        defer { try? handle.close() }
        return try await store.put(file, of: item, from: handle.fileDescriptor)
    }
}
