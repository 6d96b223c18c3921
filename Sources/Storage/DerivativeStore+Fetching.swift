import Glibc
package import MediaModel

extension DerivativeStore {
    /// Copies published objects into an attempt's scratch directory, for a worker that builds on
    /// them. Copies and not links: a worker may write where its scratch is.
    ///
    /// Not synced: scratch may vanish in a power cut. Bytes that differ from what is recorded throw
    /// `mismatch`.
    package func fetch(
        _ files: [ArtifactFile], of item: ItemID, into scratch: Directory
    ) async throws(StorageError) {
        let work = BlockingWork(label: "vitrine.fetch")
        for file in files {
            let number = try await open(file.path, of: item).release()
            try await work.run { () throws(StorageError) in
                let source = OwnedDescriptor(number)
                try Self.place(file, from: source.rawValue, in: scratch)
            }
        }
    }

    private static func place(
        _ file: ArtifactFile, from source: Int32, in scratch: Directory
    ) throws(StorageError) {
        let parts = file.path.split(separator: "/").compactMap { FileName(bytes: $0.utf8) }
        guard ContentName.isValidPath(file.path), let name = parts.last else {
            throw StorageError(.invalidName, operation: "fetch", path: file.path)
        }
        var directory = scratch
        for name in parts.dropLast() {
            directory = try directory.subdirectory(name, creating: 0o750)
        }
        let copy = try directory.open(
            name, flags: O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, mode: 0o600)
        _ = try AtomicFile.fill(
            copy.rawValue, from: source, path: directory.pathOf(name),
            expected: ContentDigest(byteCount: file.byteCount, sha256: file.sha256), limit: nil)
    }
}
