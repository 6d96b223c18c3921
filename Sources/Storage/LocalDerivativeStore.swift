import Failpoints
package import FoundationEssentials
import Glibc
package import MediaModel

/// Published things on a local file system, as a web server can serve them:
/// `items/<item>/manifest.json`, `items/<item>/manifests/<generation>.json`, and the objects; beside
/// them `portfolios/<owner>.json`.
package final class LocalDerivativeStore: DerivativeStore {
    /// Everyone may read what is published: the web server is another user.
    static let fileMode: UInt32 = 0o644
    static let directoryMode: UInt32 = 0o755
    static let itemsName: FileName = "items"
    static let manifestName: FileName = "manifest.json"
    static let generationsName: FileName = "manifests"

    /// `<storage>`.
    let storage: Directory
    /// `<storage>/items`.
    let root: Directory
    let work = BlockingWork(label: "vitrine.storage")

    /// Opens, and makes when missing, the storage directory.
    package init(path: String) throws(StorageError) {
        storage = try Directory(path: path, creating: Self.directoryMode)
        root = try Self.published(Self.itemsName, in: storage)
    }

    /// Of the file system that holds the storage.
    package func freeSpace() throws(StorageError) -> FreeSpace { try FreeSpace(of: root) }

    package func put(
        _ file: ArtifactFile, of item: ItemID, from descriptor: Int32
    ) async throws(StorageError) -> PutOutcome {
        try await change { [self] () throws(StorageError) in
            try putFile(file, of: item, from: descriptor)
        }
    }

    package func put(
        _ files: [ArtifactFile], of item: ItemID, from scratch: Directory
    ) async throws(StorageError) -> [PutOutcome] {
        try await change { [self] () throws(StorageError) in
            try putFiles(files, of: item, from: scratch)
        }
    }

    package func putManifest(
        _ manifest: Data, generation: Int, of item: ItemID, replacing expected: Int?
    ) async throws(StorageError) {
        try await change { [self] () throws(StorageError) in
            try publishManifest(manifest, generation: generation, of: item, replacing: expected)
        }
    }

    package func manifest(of item: ItemID) async throws(StorageError) -> Data? {
        try await work.run { [self] () throws(StorageError) in
            guard let directory = try itemDirectory(item) else { return nil }
            return try read(Self.manifestName, in: directory)
        }
    }

    package func manifest(
        of item: ItemID, generation: Int
    ) async throws(StorageError) -> Data? {
        try await work.run { [self] () throws(StorageError) in
            guard try keptGenerations(of: item).contains(where: { $0.generation == generation }),
                let directory = try itemDirectory(item)
            else { return nil }
            return try read(
                Self.name(ofGeneration: generation),
                in: directory.subdirectory(Self.generationsName))
        }
    }

    package func generations(
        of item: ItemID
    ) async throws(StorageError) -> [StoredGeneration] {
        try await work.run { [self] () throws(StorageError) in try keptGenerations(of: item) }
    }

    package func open(
        _ path: String, of item: ItemID
    ) async throws(StorageError) -> OwnedDescriptor {
        OwnedDescriptor(
            try await work.run { [self] () throws(StorageError) in
                let (directory, name) = try locate(path, of: item)
                return try directory.openFile(name).release()
            })
    }

    package func holds(
        _ file: ArtifactFile, of item: ItemID, reading: Bool
    ) async throws(StorageError) -> Bool {
        try await work.run { [self] () throws(StorageError) in
            do throws(StorageError) {
                let (directory, name) = try locate(file.path, of: item)
                return try holds(file, as: name, in: directory, reading: reading)
            } catch  where error.code == .notFound {
                return false
            }
        }
    }

    package func items() async throws(StorageError) -> [ItemID] {
        try await work.run { [self] () throws(StorageError) in
            try root.names().compactMap { ItemID($0.description) }
        }
    }

    package func list(_ item: ItemID) async throws(StorageError) -> [StoredObject] {
        try await work.run { [self] () throws(StorageError) in try objects(of: item) }
    }

    package func remove(
        _ path: String, of item: ItemID, notStoredAfter time: Timestamp
    ) async throws(StorageError) -> Bool {
        try await change { [self] () throws(StorageError) in
            try removeObject(path, of: item, notStoredAfter: time)
        }
    }

    package func removeGeneration(
        _ generation: Int, of item: ItemID
    ) async throws(StorageError) {
        try await change { [self] () throws(StorageError) in
            try removeManifest(ofGeneration: generation, of: item)
        }
    }

    package func remove(_ item: ItemID) async throws(StorageError) {
        try await change { [self] () throws(StorageError) in try removeWhole(item) }
    }

    package func checkWritable() async throws(StorageError) {
        try await change { [self] () throws(StorageError) in
            let name = AtomicFile.temporaryName()
            try AtomicFile.write(Data("vitrine".utf8), as: name, in: root)
            try root.removeFile(name)
        }
    }

    package func sweepTemporaries() async throws(StorageError) -> Int {
        try await work.run { [self] () throws(StorageError) in
            var count = try Self.sweep(root, depth: 3)
            if let portfolios = try portfoliosDirectory() {
                count += try Self.sweep(portfolios, depth: 1)
            }
            return count
        }
    }

    // MARK: - Shared by the extensions

    /// Opens, and makes when missing, a directory that the web server can enter.
    static func published(
        _ name: FileName, in parent: Directory
    ) throws(StorageError) -> Directory {
        let directory = try parent.subdirectory(name, creating: directoryMode)
        // Made under a umask, by a version that obeyed it or just before a crash.
        let mode = try FileStatus(of: directory.descriptor, path: directory.path).mode
        if mode & directoryMode != directoryMode {
            do throws(StorageError) {
                try directory.setMode(mode | directoryMode)
            } catch  where error.code == .permission || error.code == .readOnly {
                // Somebody else's directory: who may enter is theirs to say.
            }
        }
        return directory
    }

    /// nil when the item has nothing stored.
    func itemDirectory(_ item: ItemID) throws(StorageError) -> Directory? {
        do throws(StorageError) {
            return try root.subdirectory(Self.name(of: item))
        } catch  where error.code == .notFound {
            return nil
        }
    }

    /// The directory and name that a published path stands for.
    func locate(
        _ path: String, of item: ItemID
    ) throws(StorageError) -> (Directory, FileName) {
        let parts = try Self.components(path)
        guard let directory = try itemDirectory(item) else {
            throw StorageError(.notFound, operation: "open", path: "\(item)/\(path)")
        }
        return (try directory.descendant(parts.directories), parts.name)
    }

    static func components(
        _ path: String
    ) throws(StorageError) -> (directories: [FileName], name: FileName) {
        let parts = path.split(separator: "/").compactMap { FileName(bytes: $0.utf8) }
        guard ContentName.isValidPath(path), let name = parts.last,
            // These two names belong to the commit point.
            path != manifestName.description, parts.first != generationsName
        else {
            throw StorageError(.invalidName, operation: "check", path: path)
        }
        return (Array(parts.dropLast()), name)
    }

    func holds(
        _ file: ArtifactFile, as name: FileName, in directory: Directory, reading: Bool
    ) throws(StorageError) -> Bool {
        let descriptor = try directory.openFile(name)
        let path = directory.pathOf(name)
        guard try FileStatus(of: descriptor.rawValue, path: path).byteCount == file.byteCount
        else { return false }
        guard reading else { return true }
        return try ContentDigest(of: descriptor.rawValue, path: path, isAnew: true).sha256
            == file.sha256
    }

    /// nil when there is no such file.
    func read(_ name: FileName, in directory: Directory) throws(StorageError) -> Data? {
        do throws(StorageError) {
            let file = try directory.openFile(name)
            return try Data(contentsOf: file.rawValue, path: directory.pathOf(name))
        } catch  where error.code == .notFound {
            return nil
        }
    }

    /// Runs `body` while no other publication or removal of this item runs, in any process.
    func exclusively<Value>(
        _ directory: Directory, _ body: () throws(StorageError) -> Value
    ) throws(StorageError) -> Value {
        // A descriptor of its own: flock belongs to the open file, and `Directory` may be shared.
        let lock = try directory.reopen()
        try systemCall("flock", directory.path) { flock(lock.rawValue, LOCK_EX) }
        // Closing `lock`, on every way out, unlocks.
        return try body()
    }

    static func name(of item: ItemID) -> FileName {
        guard let name = FileName(item.rawValue) else {
            preconditionFailure("an item id is a file name")
        }
        return name
    }

    static func name(ofGeneration generation: Int) -> FileName {
        guard let name = FileName("\(generation).json") else {
            preconditionFailure("a number is a file name")
        }
        return name
    }

    private static func sweep(_ directory: Directory, depth: Int) throws(StorageError) -> Int {
        var count = 0
        for name in try directory.names() {
            if name.bytes.starts(with: AtomicFile.temporaryPrefix.utf8) {
                #if DEBUG
                    try Failpoint.sweepStorage.pass()
                #endif
                try directory.removeTree(name)
                count += 1
            } else if depth > 1, try directory.status(of: name)?.kind == .directory {
                count += try sweep(directory.subdirectory(name), depth: depth - 1)
            }
        }
        return count
    }
}

extension Data {
    /// A whole, small file.
    package init(contentsOf descriptor: Int32, path: String) throws(StorageError) {
        var bytes = Data()
        try unsafe readChunks(of: descriptor, path: path) { chunk throws(StorageError) in
            unsafe bytes.append(contentsOf: chunk)
        }
        self = bytes
    }
}
