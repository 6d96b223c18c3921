/// Where a setting was written.
package struct SettingOrigin: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// A file's path, or the name of an environment variable.
    package var source: String
    /// From 1; 0 for an environment variable.
    package var line: Int
    package var column: Int

    package init(source: String, line: Int = 0, column: Int = 0) {
        self.source = source
        self.line = line
        self.column = column
    }

    package var description: String { line > 0 ? "\(source):\(line):\(column)" : source }

    package static func < (a: SettingOrigin, b: SettingOrigin) -> Bool {
        (a.source, a.line, a.column) < (b.source, b.line, b.column)
    }
}

/// One thing that is wrong with the configuration: where, which key, what was found and expected.
package struct ConfigurationIssue: Hashable, Sendable, CustomStringConvertible {
    package var origin: SettingOrigin
    /// Dotted: `inbox.settle`, `video.rungs[2].height`; empty for the file as a whole.
    package var keyPath: String
    package var message: String
    /// The recipe in whose file it is.
    package var recipe: String?

    package init(origin: SettingOrigin, keyPath: String, message: String) {
        self.origin = origin
        self.keyPath = keyPath
        self.message = message
    }

    package var description: String {
        keyPath.isEmpty ? "\(origin): \(message)" : "\(origin): \(keyPath): \(message)"
    }
}

/// Everything that is wrong, in the order of the file; the daemon does not start (exit code 78).
package struct ConfigurationError: Error, Hashable, Sendable, CustomStringConvertible {
    package var issues: [ConfigurationIssue]

    package init(_ issues: [ConfigurationIssue]) { self.issues = issues }

    package var description: String { issues.map(\.description).joined(separator: "\n") }
}
