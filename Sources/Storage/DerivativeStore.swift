package import FoundationEssentials
package import MediaModel

/// Where published things live, written as for an object store: whole objects under immutable
/// names, one small document per item that changes, no rename, no shared disk.
///
/// Order is the caller's duty: every object first, the manifest last. Every implementation passes
/// the conformance suite. Names are checked by `ContentName.isValidPath`; `invalidName` otherwise.
package protocol DerivativeStore: Sendable {
    /// Stores one object durably.
    ///
    /// The bytes are hashed while they are copied; others than announced throw `mismatch` and
    /// store nothing. Repeating is free; other bytes under a taken name throw `conflict`.
    /// - Parameter descriptor: borrowed for the call, read from its start.
    func put(
        _ file: ArtifactFile, of item: ItemID, from descriptor: Int32
    ) async throws(StorageError) -> PutOutcome

    /// Stores several objects from a scratch directory that has them under their final paths; a
    /// directory among them becomes visible with all its files, where the store can do that.
    func put(
        _ files: [ArtifactFile], of item: ItemID, from scratch: Directory
    ) async throws(StorageError) -> [PutOutcome]

    /// Makes a generation the visible one: its immutable copy first, then the manifest.
    ///
    /// Throws `outdatedGeneration` when a newer one is visible or `expected` is not; `conflict`
    /// when the same generation is visible with other bytes. Repeating is free.
    /// - Parameter expected: the generation that must be visible now, 0 = none, nil = any older.
    func putManifest(
        _ manifest: Data, generation: Int, of item: ItemID, replacing expected: Int?
    ) async throws(StorageError)

    /// The visible manifest; nil when the item has none.
    func manifest(of item: ItemID) async throws(StorageError) -> Data?
    /// A kept generation's manifest; nil when it was never visible or is collected.
    func manifest(of item: ItemID, generation: Int) async throws(StorageError) -> Data?
    /// Kept generations that are or were visible, oldest first.
    func generations(of item: ItemID) async throws(StorageError) -> [StoredGeneration]

    /// A whole object, open for reading; throws `notFound`. The caller owns the descriptor.
    func open(_ path: String, of item: ItemID) async throws(StorageError) -> OwnedDescriptor
    /// Whether an object is there with these bytes: length, and digest when `reading`.
    func holds(
        _ file: ArtifactFile, of item: ItemID, reading: Bool
    ) async throws(StorageError) -> Bool

    /// Items that have anything stored.
    func items() async throws(StorageError) -> [ItemID]
    /// An item's objects, without manifests and without what is still being written.
    func list(_ item: ItemID) async throws(StorageError) -> [StoredObject]

    /// Removes one object unless it was stored (or stored again) after `time`: `false` then.
    func remove(
        _ path: String, of item: ItemID, notStoredAfter time: Timestamp
    ) async throws(StorageError) -> Bool
    /// Removes a generation's manifest; never the visible one.
    func removeGeneration(_ generation: Int, of item: ItemID) async throws(StorageError)
    /// Removes an item with all its generations; the manifest goes first.
    func remove(_ item: ItemID) async throws(StorageError)

    /// A member's portfolio; nil when there is none.
    func portfolio(of owner: OwnerName) async throws(StorageError) -> Data?
    /// Makes a document a member's portfolio, durably, in place of the one before.
    func putPortfolio(_ document: Data, of owner: OwnerName) async throws(StorageError)
    /// Repeating is free.
    func removePortfolio(of owner: OwnerName) async throws(StorageError)
    /// Every portfolio there is, by the member's name.
    func portfolios() async throws(StorageError) -> [StoredPortfolio]

    /// Writes and removes a small object: throws what a put would run into now, and `displaced`
    /// where it would be seen by nobody.
    func checkWritable() async throws(StorageError)
    /// Removes what unfinished writes left. Only while nobody writes, so: at start.
    /// - Returns: how many files and directories were removed.
    func sweepTemporaries() async throws(StorageError) -> Int
}

/// Whether bytes had to be moved.
package enum PutOutcome: String, Hashable, Sendable {
    case stored, alreadyPresent
}

/// One object of an item.
package struct StoredObject: Hashable, Sendable {
    /// Relative to the manifest.
    package var path: String
    package var byteCount: Int64
    /// When it was last put.
    package var storedAt: Timestamp

    package init(path: String, byteCount: Int64, storedAt: Timestamp) {
        self.path = path
        self.byteCount = byteCount
        self.storedAt = storedAt
    }
}

/// One kept generation of an item's manifest.
package struct StoredGeneration: Hashable, Sendable {
    package var generation: Int
    package var storedAt: Timestamp

    package init(generation: Int, storedAt: Timestamp) {
        self.generation = generation
        self.storedAt = storedAt
    }
}

/// A member's portfolio as it lies in the store.
package struct StoredPortfolio: Hashable, Sendable {
    package var owner: OwnerName
    package var byteCount: Int64

    package init(owner: OwnerName, byteCount: Int64) {
        self.owner = owner
        self.byteCount = byteCount
    }
}

extension DerivativeStore {
    /// Stores everything an artifact consists of.
    package func put(
        _ artifact: Artifact, of item: ItemID, from scratch: Directory
    ) async throws(StorageError) -> [PutOutcome] {
        try await put([artifact.file] + artifact.companions, of: item, from: scratch)
    }

    /// Encodes and publishes a manifest; call after all its objects are put.
    package func putManifest(
        _ manifest: Manifest, replacing expected: Int? = nil
    ) async throws(StorageError) {
        try await putManifest(
            ManifestCoding.encode(manifest), generation: manifest.generation, of: manifest.item,
            replacing: expected)
    }

    /// The visible manifest, decoded.
    package func currentManifest(of item: ItemID) async throws(StorageError) -> Manifest? {
        guard let bytes = try await manifest(of: item) else { return nil }
        return try ManifestCoding.decode(bytes)
    }
}

extension ItemID {
    /// The directory of what is published of it, below the storage's own; ends with a slash. Part of the
    /// contract with web servers.
    package var publishedPlace: String { "items/\(rawValue)/" }
}
