package import MediaModel

/// What one item takes in storage.
package struct StorageUsage: Codable, Hashable, Sendable {
    package var objectCount: Int
    /// Of all objects, in bytes.
    package var byteCount: Int64
    /// Of those that the visible manifest names.
    package var visibleByteCount: Int64
    /// Of those that no kept manifest names: they go when their grace period is over.
    package var unnamedByteCount: Int64
    /// Kept generations, oldest first.
    package var generations: [Int]

    /// Of objects whose manifests cannot be read.
    package init(_ objects: [StoredObject]) {
        objectCount = objects.count
        byteCount = objects.reduce(0) { $0 + $1.byteCount }
        visibleByteCount = 0
        unnamedByteCount = 0
        generations = []
    }

    /// Reads manifests and lists objects; opens none of them.
    package init(of item: ItemID, in store: any DerivativeStore) async throws(StorageError) {
        let objects = try await store.list(item)
        let manifests = try await store.keptManifests(of: item)
        let visible = try await store.currentManifest(of: item)
        let shown = Set((visible?.derivatives ?? []).flatMap(\.allFiles).map(\.path))
        let named = Set(manifests.flatMap(\.derivatives).flatMap(\.allFiles).map(\.path))
            .union(shown)
        objectCount = objects.count
        byteCount = objects.reduce(0) { $0 + $1.byteCount }
        visibleByteCount = objects.reduce(0) { $0 + (shown.contains($1.path) ? $1.byteCount : 0) }
        unnamedByteCount = objects.reduce(0) { $0 + (named.contains($1.path) ? 0 : $1.byteCount) }
        generations = manifests.map(\.generation)
    }
}

extension DerivativeStore {
    /// The manifests of all kept generations, oldest first.
    package func keptManifests(of item: ItemID) async throws(StorageError) -> [Manifest] {
        var manifests: [Manifest] = []
        for generation in try await generations(of: item) {
            if let bytes = try await manifest(of: item, generation: generation.generation) {
                manifests.append(try ManifestCoding.decode(bytes))
            }
        }
        return manifests
    }
}
