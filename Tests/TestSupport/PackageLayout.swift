package import Foundation

/// Where the package and what was built from it lie.
package enum PackageLayout {
    /// The package's own directory, found from this file's place in it.
    package static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// The directory of the built programs: the test bundle lies beside them.
    package static let products = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        .deletingLastPathComponent()

    /// A built program of this package: `vitrined`, `vitrine-worker`, `vitrinectl`.
    package static func product(_ name: String) -> URL { products.appending(path: name) }

    /// A file of the package by its path from the root.
    package static func file(_ path: String) -> URL { root.appending(path: path) }
}

/// Real media files that lie beside a checkout on some machines, never in the package.
package enum Corpus {
    /// nil when this machine has no corpus; tests then say that they skip.
    package static let directory: URL? = {
        let place = PackageLayout.root.deletingLastPathComponent()
            .appending(path: "shared/corpus", directoryHint: .isDirectory)
        let index = place.appending(path: "INDEX.tsv")
        return FileManager.default.fileExists(atPath: index.path) ? place : nil
    }()

    /// A file of the corpus; nil when the corpus or the file is not here.
    package static func file(_ name: String) -> URL? {
        guard let file = directory?.appending(path: name),
            FileManager.default.fileExists(atPath: file.path)
        else { return nil }
        return file
    }
}
