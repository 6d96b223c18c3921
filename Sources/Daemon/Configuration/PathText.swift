/// Paths as configurations write them, made absolute by letters alone: nothing is looked up.
package enum PathText {
    /// nil when the path is relative and there is nothing it could be relative to.
    package static func resolve(_ text: String, in directory: String?) -> String? {
        guard !text.isEmpty, !text.utf8.contains(0) else { return nil }
        if text.hasPrefix("/") { return normalize(text) }
        return directory.map { normalize("\($0)/\(text)") }
    }

    /// The directory of the file a setting stands in; nil for the environment, where a relative
    /// path would mean another place with every start.
    static func directory(of origin: SettingOrigin) -> String? {
        guard origin.line > 0, origin.source.hasPrefix("/"),
            let slash = origin.source.lastIndex(of: "/")
        else { return nil }
        return slash == origin.source.startIndex ? "/" : String(origin.source[..<slash])
    }

    /// Without `.`, `..`, doubled and trailing slashes.
    package static func normalize(_ absolute: String) -> String {
        var parts: [Substring] = []
        for part in absolute.split(separator: "/") where part != "." {
            if part == ".." { _ = parts.popLast() } else { parts.append(part) }
        }
        return "/" + parts.joined(separator: "/")
    }

    /// Whether `inner` is `outer` or below it.
    package static func contains(_ outer: String, _ inner: String) -> Bool {
        inner == outer || inner.hasPrefix(outer == "/" ? "/" : "\(outer)/")
    }
}
