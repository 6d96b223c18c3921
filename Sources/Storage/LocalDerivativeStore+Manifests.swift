import Failpoints
import FoundationEssentials
import MediaModel

extension LocalDerivativeStore {
    func publishManifest(
        _ manifest: Data, generation: Int, of item: ItemID, replacing expected: Int?
    ) throws(StorageError) {
        let directory = try Self.published(Self.name(of: item), in: root)
        try exclusively(directory) { () throws(StorageError) in
            let visible = try read(Self.manifestName, in: directory)
            var current = 0
            if let visible { current = try ManifestCoding.generation(of: visible) }
            let path = directory.pathOf(Self.manifestName)
            if current == generation {
                guard visible == manifest else {
                    throw StorageError(
                        .conflict, operation: "put manifest", path: path,
                        detail: "generation \(generation) is published with other content")
                }
                // Repeated after a crash: what was asked for is there; make sure it stays.
                return try directory.sync()
            }
            guard generation > current, expected == nil || expected == current else {
                throw StorageError(
                    .outdatedGeneration, operation: "put manifest", path: path,
                    detail: "generation \(generation) after \(expected ?? generation - 1), "
                        + "but \(current) is visible")
            }
            #if DEBUG
                try Failpoint.manifest.pass()
            #endif
            let kept = try Self.published(Self.generationsName, in: directory)
            // Replacing is right: a file of a generation that never became visible is the rest of
            // a publication that a crash ended, and no reader has been told of it.
            try AtomicFile.write(
                manifest, as: Self.name(ofGeneration: generation), in: kept, mode: Self.fileMode)
            #if DEBUG
                if SeededBug.generationForgotten.isOn {
                    try kept.removeFile(Self.name(ofGeneration: generation))
                }
            #endif
            try directory.sync()
            try root.sync()
            #if DEBUG
                try Failpoint.generationKept.pass()
            #endif
            // Manifest last: a reader must never see what is not completely on disk.
            try AtomicFile.write(
                manifest, as: Self.manifestName, in: directory, mode: Self.fileMode)
        }
    }

    func keptGenerations(of item: ItemID) throws(StorageError) -> [StoredGeneration] {
        guard let directory = try itemDirectory(item),
            let visible = try read(Self.manifestName, in: directory)
        else { return [] }
        let current = try ManifestCoding.generation(of: visible)
        let kept: Directory
        do throws(StorageError) {
            kept = try directory.subdirectory(Self.generationsName)
        } catch  where error.code == .notFound {
            return []
        }
        var generations: [StoredGeneration] = []
        for name in try kept.names() {
            guard let stem = name.dropping(suffix: ".json"), let number = Int(stem.description),
                number <= current, let status = try kept.status(of: name)
            else { continue }
            generations.append(
                StoredGeneration(
                    generation: number,
                    storedAt: Timestamp(
                        millisecondsSince1970: status.modifiedNanoseconds / 1_000_000)))
        }
        return generations.sorted { $0.generation < $1.generation }
    }

    func removeManifest(ofGeneration generation: Int, of item: ItemID) throws(StorageError) {
        guard let directory = try itemDirectory(item) else { return }
        try exclusively(directory) { () throws(StorageError) in
            if let visible = try read(Self.manifestName, in: directory),
                try ManifestCoding.generation(of: visible) == generation
            {
                throw StorageError(
                    .conflict, operation: "remove", path: directory.pathOf(Self.manifestName),
                    detail: "generation \(generation) is the visible one")
            }
            #if DEBUG
                try Failpoint.collectGeneration.pass()
            #endif
            try directory.subdirectory(Self.generationsName)
                .removeFile(Self.name(ofGeneration: generation))
        }
    }
}
