import MediaModel

/// A container's tags: text from strangers, kept short.
enum Tags {
    /// Most tags that are kept, by name.
    private static let maximumCount = 64
    /// Longest name, in bytes.
    private static let maximumName = 64
    /// Longest value, in bytes of UTF-8: a long description fits, a hidden file does not. Not in
    /// characters: one may be of any size.
    private static let maximumValue = 2000

    /// Names in lower case, control characters replaced, long values cut.
    static func limited(_ tags: [String: String]) -> [String: String] {
        var kept: [String: String] = [:]
        for (name, value) in tags.sorted(by: { $0.key < $1.key }).prefix(maximumCount) {
            guard !name.isEmpty, name.utf8.count <= maximumName else { continue }
            kept[clean(name).lowercased()] = clean(value.bounded(toBytes: maximumValue))
        }
        return kept
    }

    /// nil for "undetermined".
    static func language(_ tags: [String: String]) -> String? {
        guard let language = limited(tags)["language"], language != "und", !language.isEmpty,
            language.count <= 35
        else { return nil }
        return language
    }

    private static func clean(_ text: String) -> String {
        String(
            text.unicodeScalars.map { scalar in
                let isControl = scalar.properties.generalCategory == .control
                return isControl && scalar != "\n" ? " " : Character(scalar)
            })
    }
}
