import Foundation
import Testing

/// A directory of real files beside the project; tests that need it say so when it is not there.
enum Corpus {
    static let directory = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("shared/corpus")

    static let isThere = FileManager.default.fileExists(atPath: directory.path)
    static let missing: Comment = "skipped: no corpus at ../shared/corpus"

    static func file(_ name: String) -> URL { directory.appendingPathComponent(name) }

    static func names(_ prefix: String) -> [String] {
        guard isThere else { return [] }
        let all = (try? FileManager.default.contentsOfDirectory(atPath: directory.path)) ?? []
        return all.filter { $0.hasPrefix(prefix) }.sorted()
    }
}
