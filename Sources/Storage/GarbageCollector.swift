import Failpoints
package import MediaModel

/// Removes objects that no kept generation of an item names any more.
///
/// Runs on any store. A URL stays valid for the grace period after the generation that named it
/// was superseded. When a kept manifest cannot be read, nothing is removed.
package struct GarbageCollector: Sendable {
    package var store: any DerivativeStore
    /// How long after being superseded, or stored, something stays. Default 7 days: a page that a
    /// crawler or cache holds for a week still shows.
    package var gracePeriod: Duration
    /// Newest generations kept for rollback, at least 1.
    package var keptGenerations: Int

    package init(
        store: any DerivativeStore, gracePeriod: Duration = .seconds(7 * 86_400),
        keptGenerations: Int = 3
    ) {
        precondition(keptGenerations >= 1, "the visible generation is always kept")
        self.store = store
        self.gracePeriod = gracePeriod
        self.keptGenerations = keptGenerations
    }

    /// What one run removed.
    package struct Collection: Codable, Hashable, Sendable {
        package var paths: [String]
        package var byteCount: Int64
        package var generations: [Int]
    }

    /// - Parameters:
    ///   - now: the time to count the grace period back from.
    ///   - dryRun: says what would go, and removes nothing.
    package func collect(
        _ item: ItemID, now: Timestamp, dryRun: Bool = false
    ) async throws(StorageError) -> Collection {
        var collection = Collection(paths: [], byteCount: 0, generations: [])
        let threshold = now.advanced(by: .zero - gracePeriod)
        // The list comes first: what is stored from here on is not in it.
        let objects = try await store.list(item)
        let generations = try await store.generations(of: item)
        guard let visible = try await store.currentManifest(of: item) else { return collection }
        var named = Self.paths(visible)
        for (index, generation) in generations.enumerated()
        where generation.generation != visible.generation {
            // Superseded when its successor was stored.
            let isRecent =
                index + 1 < generations.count
                && generations[index + 1].storedAt > threshold
            if index >= generations.count - keptGenerations || isRecent {
                if let bytes = try await store.manifest(
                    of: item, generation: generation.generation)
                {
                    named.formUnion(Self.paths(try ManifestCoding.decode(bytes)))
                }
            } else {
                collection.generations.append(generation.generation)
                if !dryRun {
                    try await store.removeGeneration(generation.generation, of: item)
                }
            }
        }
        #if DEBUG
            if SeededBug.visibleCollected.isOn { named = [] }
        #endif
        for object in objects where !named.contains(object.path) && object.storedAt <= threshold {
            if !dryRun {
                guard
                    try await store.remove(object.path, of: item, notStoredAfter: threshold)
                else { continue }
            }
            collection.paths.append(object.path)
            collection.byteCount += object.byteCount
        }
        return collection
    }

    private static func paths(_ manifest: Manifest) -> Set<String> {
        var paths = Set<String>()
        for derivative in manifest.derivatives {
            paths.insert(derivative.path)
            paths.formUnion(derivative.files.map(\.path))
        }
        return paths
    }
}
