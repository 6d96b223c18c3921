import Foundation
import MediaModel
import Storage
import TestSupport
import Testing

struct GarbageCollectorTests {
    let place: TemporaryDirectory
    let store: LocalDerivativeStore
    let source: Source
    let item: ItemID

    init() throws {
        place = try TemporaryDirectory("collector")
        store = try LocalDerivativeStore(path: place.file("storage").path)
        source = try Source()
        item = try #require(ItemID("item-1"))
    }

    /// Publishes a generation that names exactly these objects, made for the purpose.
    private func publish(_ generation: Int, _ paths: [String]) async throws {
        for path in paths {
            _ = try await store.put(
                [source.file(path, path)], of: item, from: source.directory)
        }
        let derivatives = paths.map { path in
            """
            {"role": "image", "name": "\(path)", "mediaType": "image/avif", "key": "k",
             "reason": "r", "path": "\(path)", "byteCount": 1, "sha256": "00"}
            """
        }.joined(separator: ",")
        let text = """
            {"schemaVersion": 1, "item": "item-1", "generation": \(generation), "state": "ready",
             "kind": "image", "title": "t", "html": "", "warnings": [],
             "source": {"fileName": "f", "byteCount": 1, "sha256": "00", "mediaType": "m",
                "receivedAt": "2026-01-01T00:00:00Z", "info": {"format": "f", "streams": []}},
             "derivatives": [\(derivatives)],
             "provenance": {"vitrine": "1", "encoders": {}, "recipe": "r", "recipeDigest": "d",
                "engineRevision": 1, "sandbox": "active", "startedAt": "2026-01-01T00:00:00Z",
                "finishedAt": "2026-01-01T00:00:00Z", "cpuSeconds": 0, "attempts": 1,
                "decisions": []}}
            """
        try await store.putManifest(
            ManifestCoding.decode(Data(text.utf8)), replacing: generation - 1)
    }

    private func now(after duration: Duration) -> Timestamp {
        Timestamp(secondsSince1970: Date().timeIntervalSince1970).advanced(by: duration)
    }

    @Test func removesOnlyWhatNoKeptGenerationNames() async throws {
        for generation in 1...4 {
            try await publish(generation, ["shared.1a.avif", "own.\(generation).avif"])
        }
        _ = try await store.put(
            [source.file("stray.2b/0.m4s", "stray")], of: item, from: source.directory)
        let collector = GarbageCollector(
            store: store, gracePeriod: .seconds(60), keptGenerations: 2)
        let later = now(after: .seconds(120))
        let planned = try await collector.collect(item, now: later, dryRun: true)
        #expect(planned.paths == ["own.1.avif", "own.2.avif", "stray.2b/0.m4s"])
        #expect(planned.generations == [1, 2])
        #expect(try await store.list(item).count == 6)
        #expect(try await collector.collect(item, now: later) == planned)
        #expect(
            try await store.list(item).map(\.path) == [
                "own.3.avif", "own.4.avif", "shared.1a.avif",
            ])
        #expect(try await store.generations(of: item).map(\.generation) == [3, 4])
    }

    @Test func nothingGoesWithinTheGracePeriod() async throws {
        for generation in 1...4 { try await publish(generation, ["own.\(generation).avif"]) }
        // Put by a publication that has not come to its manifest yet.
        _ = try await store.put(
            [source.file("coming.2b/0.m4s", "coming")], of: item, from: source.directory)
        let collector = GarbageCollector(
            store: store, gracePeriod: .seconds(3600), keptGenerations: 1)
        let collection = try await collector.collect(item, now: now(after: .zero))
        #expect(collection.paths.isEmpty && collection.generations.isEmpty)
    }

    @Test func anUnreadableManifestStopsTheCollection() async throws {
        for generation in 1...2 { try await publish(generation, ["own.\(generation).avif"]) }
        try place.write("{}", to: "storage/items/item-1/manifests/1.json")
        let collector = GarbageCollector(
            store: store, gracePeriod: .zero, keptGenerations: 2)
        await #expect(throws: StorageError.self) {
            try await collector.collect(item, now: now(after: .seconds(60)))
        }
        #expect(try await store.list(item).count == 2)
    }

    @Test func manifestBytesAreTheSameForTheSameValue() async throws {
        try await publish(1, ["a/b.avif"])
        let manifest = try #require(try await store.currentManifest(of: item))
        let bytes = try #require(try await store.manifest(of: item))
        #expect(try ManifestCoding.encode(manifest) == bytes)
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(text.contains("\"a/b.avif\""), "slashes stay as they are")
        #expect(text.hasPrefix("{\"derivatives\":"), "keys are sorted")
    }
}
