import Storage

/// How full the file system under one of the daemon's directories is.
package struct DiskSpace: Hashable, Sendable {
    /// `inbox`, `originals`, `quarantine`, `state`, `storage`.
    package var place: String
    package var totalBytes: UInt64
    package var freeBytes: UInt64

    /// Those that can be asked.
    static func all(of configuration: Configuration) -> [DiskSpace] {
        [
            ("inbox", configuration.inbox.path), ("originals", configuration.originals.path),
            ("quarantine", configuration.quarantine.path), ("state", configuration.state.path),
            ("storage", configuration.storage.path),
        ].compactMap { place, path in
            guard let directory = try? Directory(path: path),
                let space = try? FreeSpace(of: directory)
            else { return nil }
            return DiskSpace(
                place: place, totalBytes: space.totalBytes, freeBytes: space.availableBytes)
        }
    }
}
