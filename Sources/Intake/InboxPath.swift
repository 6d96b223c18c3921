package import MediaModel
package import Storage

/// Where something lies in the inbox: its names from the inbox downwards, as bytes.
package struct InboxPath: Hashable, Sendable, CustomStringConvertible {
    package let directories: [FileName]
    package let name: FileName

    package init(_ directories: [FileName] = [], _ name: FileName) {
        self.directories = directories
        self.name = name
    }

    /// The member whom the first sub-directory names; nil at the top, or when it cannot be one.
    package var owner: OwnerName? { directories.first.flatMap { OwnerName($0.description) } }

    /// `clip.mov` → `clip.mov.json`.
    package var sidecar: InboxPath { InboxPath(directories, name.appending(".json")) }

    /// `clip.mov.json` → `clip.mov`; nil when the name is not that of a sidecar.
    package var describedUpload: InboxPath? {
        name.dropping(suffix: ".json").map { InboxPath(directories, $0) }
    }

    /// Escaped for display.
    package var description: String {
        (directories + [name]).map(\.description).joined(separator: "/")
    }

    /// Names that say "not finished" or "not for you": hidden, and what browsers, rsync and
    /// download tools call their unfinished files.
    package static func isIgnored(_ name: FileName) -> Bool {
        name.isHidden
            || [".part", ".partial", ".tmp", ".crdownload"].contains { name.hasSuffix($0) }
    }
}
