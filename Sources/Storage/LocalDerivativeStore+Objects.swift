internal import CLinux
import Failpoints
import FoundationEssentials
import Glibc
import MediaModel

extension LocalDerivativeStore {
    func putFile(
        _ file: ArtifactFile, of item: ItemID, from descriptor: Int32
    ) throws(StorageError) -> PutOutcome {
        let parts = try Self.components(file.path)
        var directory = try Self.published(Self.name(of: item), in: root)
        for name in parts.directories {
            let inside = try Self.published(name, in: directory)
            try directory.sync()
            directory = inside
        }
        return try store(file, as: parts.name, in: directory, from: descriptor)
    }

    func putFiles(
        _ files: [ArtifactFile], of item: ItemID, from scratch: Directory
    ) throws(StorageError) -> [PutOutcome] {
        var groups: [FileName: [ArtifactFile]] = [:]
        for file in files {
            if let name = try Self.components(file.path).directories.first {
                groups[name, default: []].append(file)
            }
        }
        let directory = try Self.published(Self.name(of: item), in: root)
        var outcomes: [String: PutOutcome] = [:]
        for (name, group) in groups where try directory.status(of: name) == nil {
            if try publishDirectory(name, in: directory, files: group, from: scratch) {
                for file in group { outcomes[file.path] = .stored }
            }
        }
        for file in files where outcomes[file.path] == nil {
            let source = try Self.openSource(file, in: scratch)
            outcomes[file.path] = try putFile(file, of: item, from: source.rawValue)
        }
        return files.map { outcomes[$0.path] ?? .alreadyPresent }
    }

    /// One file, given its directory: kept when it is the same, refused when it is another.
    private func store(
        _ file: ArtifactFile, as name: FileName, in directory: Directory, from descriptor: Int32
    ) throws(StorageError) -> PutOutcome {
        for _ in 0..<2 {
            if try directory.status(of: name) != nil {
                #if DEBUG
                    Failpoint.confirm.reach()
                #endif
                return try exclusively(directory) { () throws(StorageError) in
                    try confirm(file, as: name, in: directory)
                }
            }
            do throws(StorageError) {
                #if DEBUG
                    if SeededBug.objectInPlace.isOn {
                        let file = try directory.open(
                            name, flags: O_RDWR | O_CREAT | O_EXCL, mode: Self.fileMode)
                        _ = try AtomicFile.fill(
                            file.rawValue, from: descriptor, path: directory.pathOf(name),
                            expected: nil, limit: nil)
                        return .stored
                    }
                #endif
                try AtomicFile.copy(
                    descriptor, as: name, in: directory, mode: Self.fileMode, existing: .refuse,
                    expected: ContentDigest(byteCount: file.byteCount, sha256: file.sha256))
                #if DEBUG
                    try damage(name, in: directory, byteCount: file.byteCount)
                #endif
                return .stored
            } catch  where error.code == .alreadyExists {
                // Somebody stored it meanwhile: compare.
            }
        }
        throw StorageError(.conflict, operation: "put", path: directory.pathOf(name))
    }

    #if DEBUG
        /// What the checker has to find.
        private func damage(
            _ name: FileName, in directory: Directory, byteCount: Int64
        ) throws(StorageError) {
            if SeededBug.objectCut.isOn {
                let file = try directory.open(name, flags: O_RDWR)
                try systemCall("ftruncate", name.description) {
                    ftruncate(file.rawValue, off_t(byteCount - 1))
                }
            }
            if SeededBug.objectFlipped.isOn {
                let file = try directory.open(name, flags: O_RDWR)
                try systemCall("pwrite", name.description) {
                    unsafe pwrite(file.rawValue, [0x55] as [UInt8], 1, off_t(byteCount / 2))
                }
            }
        }
    #endif

    private func confirm(
        _ file: ArtifactFile, as name: FileName, in directory: Directory
    ) throws(StorageError) -> PutOutcome {
        let path = directory.pathOf(name)
        guard try holds(file, as: name, in: directory, reading: true) else {
            throw StorageError(
                .conflict, operation: "put", path: path,
                detail: "other bytes are stored under this name")
        }
        // Stored again, now: the collector's grace period starts anew. And the rename that made
        // it visible may never have reached the disk, so the directory is synced once more.
        try systemCall("utimensat", path) {
            unsafe name.withCString { unsafe utimensat(directory.descriptor, $0, nil, 0) }
        }
        try directory.sync()
        return .alreadyPresent
    }

    /// Makes a directory complete under a temporary name, then visible in one step.
    ///
    /// - Returns: `false` when somebody else made a directory of that name meanwhile.
    private func publishDirectory(
        _ name: FileName, in parent: Directory, files: [ArtifactFile], from scratch: Directory
    ) throws(StorageError) -> Bool {
        let temporary = AtomicFile.temporaryName()
        do throws(StorageError) {
            let directory = try Self.published(temporary, in: parent)
            try fill(directory, with: files, from: scratch, depth: 1)
            #if DEBUG
                try Failpoint.directoryFilled.pass()
            #endif
            try parent.rename(temporary, to: name, in: parent, replacing: false)
            try parent.sync()
            return true
        } catch {
            try? parent.removeTree(temporary)
            if error.code == .alreadyExists { return false }
            throw error
        }
    }

    /// Fills a directory and those inside it, each complete and durable before the one around it.
    ///
    /// - Parameter depth: how many directories of the files' paths lead to this one.
    private func fill(
        _ directory: Directory, with files: [ArtifactFile], from scratch: Directory, depth: Int
    ) throws(StorageError) {
        var here: [ArtifactFile] = []
        var inside: [FileName: [ArtifactFile]] = [:]
        for file in files {
            let directories = try Self.components(file.path).directories
            if directories.count > depth {
                inside[directories[depth], default: []].append(file)
            } else {
                here.append(file)
            }
        }
        for (name, group) in inside {
            try fill(
                Self.published(name, in: directory), with: group, from: scratch, depth: depth + 1)
        }
        try AtomicFile.fillDirectory(directory, count: here.count, mode: Self.fileMode) {
            index throws(StorageError) in
            let source = try Self.openSource(here[index], in: scratch)
            return (
                try Self.components(here[index].path).name, source.release(),
                ContentDigest(byteCount: here[index].byteCount, sha256: here[index].sha256)
            )
        }
    }

    /// Opens a worker's file: the scratch directory was written by a process nobody trusts.
    private static func openSource(
        _ file: ArtifactFile, in scratch: Directory
    ) throws(StorageError) -> OwnedDescriptor {
        let parts = try components(file.path)
        do throws(StorageError) {
            return try scratch.descendant(parts.directories).openFile(parts.name)
        } catch {
            switch error.code {
            case .notFound, .permission, .notRegularFile:
                // The worker announced what it did not leave for us: its fault, not the storage's.
                throw StorageError(
                    .mismatch, operation: error.operation, path: error.path, number: error.number,
                    detail: "the announced file cannot be read: \(error.code.rawValue)")
            default: throw error
            }
        }
    }

    func objects(of item: ItemID) throws(StorageError) -> [StoredObject] {
        guard let directory = try itemDirectory(item) else { return [] }
        var objects: [StoredObject] = []
        func add(_ directory: Directory, _ path: String, _ depth: Int) throws(StorageError) {
            for name in try directory.names() where !name.isHidden {
                if depth == 1, name == Self.manifestName || name == Self.generationsName {
                    continue
                }
                guard let status = try directory.status(of: name) else { continue }
                if status.kind == .directory, depth < ContentName.mostComponents {
                    try add(directory.subdirectory(name), "\(path)\(name)/", depth + 1)
                } else if status.kind == .regular {
                    objects.append(
                        StoredObject(
                            path: "\(path)\(name)", byteCount: status.byteCount,
                            storedAt: Timestamp(
                                millisecondsSince1970: status.modifiedNanoseconds / 1_000_000)))
                }
            }
        }
        try add(directory, "", 1)
        return objects
    }

    func removeObject(
        _ path: String, of item: ItemID, notStoredAfter time: Timestamp
    ) throws(StorageError) -> Bool {
        let parts = try Self.components(path)
        guard let top = try itemDirectory(item) else { return true }
        // From the item's own to the one that the file is in.
        var directories = [top]
        do throws(StorageError) {
            for name in parts.directories {
                directories.append(try directories[directories.count - 1].subdirectory(name))
            }
        } catch  where error.code == .notFound {
            return true
        }
        let place = directories[directories.count - 1]
        let removed = try exclusively(place) { () throws(StorageError) in
            guard let status = try place.status(of: parts.name) else { return true }
            guard status.modifiedNanoseconds / 1_000_000 <= time.millisecondsSince1970 else {
                return false
            }
            #if DEBUG
                try Failpoint.collectObject.pass()
            #endif
            try place.removeFile(parts.name)
            return true
        }
        // The last file takes its directories along; a non-empty one stays by itself.
        if removed {
            for (name, parent) in zip(parts.directories, directories).reversed() {
                parent.removeEmptyDirectory(name)
            }
        }
        return removed
    }

    func removeWhole(_ item: ItemID) throws(StorageError) {
        guard let directory = try itemDirectory(item) else { return }
        try exclusively(directory) { () throws(StorageError) in
            // Manifest first: no reader may find an item whose objects are going.
            try directory.removeFile(Self.manifestName)
            try directory.sync()
        }
        #if DEBUG
            try Failpoint.removeObjects.pass()
        #endif
        try root.removeTree(Self.name(of: item))
        try root.sync()
    }
}
