import ControlAPI

/// Reads typed values out of a `SettingTree` and collects everything that is wrong.
///
/// What was not asked for when `finish` is called is an unknown key: so the keys that are read are
/// the keys that exist, and no second list can disagree.
struct SettingReader {
    private let tree: SettingTree
    private(set) var issues: [ConfigurationIssue]
    private var known: Set<String> = []
    private var described: [String: SettingDescription] = [:]

    init(_ tree: SettingTree) {
        self.tree = tree
        issues = tree.issues
    }

    // MARK: Values

    /// Any text that is not empty.
    mutating func text(_ key: String, _ fallback: String) -> String {
        let value = scalar(key, fallback, "text") { text, _ in text.isEmpty ? nil : text }
        return describe(key, .text, fallback, value) { $0 }
    }

    /// An absolute path, or one relative to the directory of the file in which it stands.
    mutating func path(_ key: String, _ fallback: String) -> String {
        let origin = tree.settings[key]?.origin
        let expectation = "an absolute path, or one relative to this file"
        let value = scalar(key, fallback, expectation) { text, _ in
            PathText.resolve(text, in: origin.flatMap(PathText.directory(of:)))
        }
        return describe(key, .path, fallback, value) { $0 }
    }

    mutating func duration(
        _ key: String, _ fallback: Duration, in range: ClosedRange<Duration>
    ) -> Duration {
        let bounds =
            "\(DurationText.format(range.lowerBound)) to \(DurationText.format(range.upperBound))"
        let value = bounded(key, fallback, DurationText.expectation, range, bounds) { text, _ in
            DurationText.parse(text)
        }
        return describe(key, .duration(range), fallback, value, DurationText.format)
    }

    mutating func size(_ key: String, _ fallback: Int64, in range: ClosedRange<Int64>) -> Int64 {
        let bounds =
            "\(ByteSizeText.format(range.lowerBound)) to \(ByteSizeText.format(range.upperBound))"
        let value = bounded(key, fallback, ByteSizeText.expectation, range, bounds) { text, _ in
            ByteSizeText.parse(text)
        }
        return describe(key, .size(range), fallback, value, ByteSizeText.format)
    }

    mutating func integer(_ key: String, _ fallback: Int, in range: ClosedRange<Int>) -> Int {
        let bounds = "\(range.lowerBound) to \(range.upperBound)"
        let value = bounded(key, fallback, "a whole number", range, bounds) { text, isPlain in
            isPlain ? Int(text.filter { $0 != "_" }) : nil
        }
        return describe(key, .integer(range), fallback, value) { "\($0)" }
    }

    mutating func number(_ key: String, _ fallback: Double, in range: ClosedRange<Double>) -> Double
    {
        let bounds = "\(Self.short(range.lowerBound)) to \(Self.short(range.upperBound))"
        let value = bounded(key, fallback, "a number", range, bounds) { text, isPlain in
            guard isPlain, let value = Double(text), value.isFinite else { return nil }
            return value
        }
        return describe(key, .number(range), fallback, value, Self.short)
    }

    mutating func flag(_ key: String, _ fallback: Bool) -> Bool {
        let value = scalar(key, fallback, "true or false") { text, isPlain in
            switch text {
            case "true" where isPlain: true
            case "false" where isPlain: false
            default: nil
            }
        }
        return describe(key, .flag, fallback, value) { "\($0)" }
    }

    /// One of a few words.
    mutating func choice<Choice>(_ key: String, _ fallback: Choice) -> Choice
    where Choice: RawRepresentable & CaseIterable, Choice.RawValue == String {
        let words = Choice.allCases.map(\.rawValue)
        let value = scalar(key, fallback, Self.oneOf(words), candidates: words) { text, _ in
            Choice(rawValue: text)
        }
        return describe(key, .choice(words), fallback, value, \.rawValue)
    }

    mutating func word(_ key: String, _ fallback: String, among words: [String]) -> String {
        let value = scalar(key, fallback, Self.oneOf(words), candidates: words) { text, _ in
            words.contains(text) ? text : nil
        }
        return describe(key, .choice(words), fallback, value) { $0 }
    }

    /// `auto`, or what the body makes of it.
    mutating func automatic<Value>(
        _ key: String, _ expectation: String, write: (Value) -> String,
        _ parse: (String) -> Value?
    ) -> Value? {
        let fallback: Value?? = .some(nil)
        let value = scalar(key, fallback, "`auto` or \(expectation)") { text, _ in
            if text == "auto" { return fallback }
            return parse(text).map { .some($0) }
        }
        return describe(key, .automatic(expectation), nil, value ?? nil) {
            $0.map(write) ?? "auto"
        }
    }

    /// Names of users and, behind an `@`, of groups; a list, or one text with commas.
    mutating func names(_ key: String, _ fallback: [String]) -> [String] {
        known.insert(key)
        var value = fallback
        if let setting = tree.settings[key] {
            switch setting.value {
            case .scalar(let text, _):
                value = text.split(separator: ",", omittingEmptySubsequences: false)
                    .map { $0.filter { $0 != " " } }
            case .list(let count):
                value = (0..<count).map { index in
                    guard case .scalar(let text, _)? = tree.settings["\(key)[\(index)]"]?.value
                    else { return "" }
                    known.insert("\(key)[\(index)]")
                    return text
                }
            case .nothing, .mapping: value = [""]
            }
            if value.isEmpty || !value.allSatisfy(Self.isName) {
                reject(
                    key,
                    "found \(Self.name(setting.value)), expected `all` or a list of users and "
                        + "@groups, by name or number")
                value = fallback
            }
        }
        return describe(key, .names, fallback, value) { $0.joined(separator: ",") }
    }

    private static func isName(_ text: String) -> Bool {
        let name = text.hasPrefix("@") ? text.dropFirst() : text[...]
        return (1...64).contains(name.utf8.count)
            && name.utf8.allSatisfy {
                (97...122).contains($0) || (65...90).contains($0) || (48...57).contains($0)
                    || "_-.$".utf8.contains($0)
            }
    }

    /// Elements of a list; `fallback` when it is not given. A list must not be empty, unless `least`
    /// is 0.
    mutating func list<Element>(
        _ key: String, _ fallback: [Element], least: Int = 1, most: Int,
        element: (inout SettingReader, String) -> Element
    ) -> [Element] {
        known.insert(key)
        guard let setting = tree.settings[key] else { return fallback }
        guard case .list(let count) = setting.value, (least...most).contains(count) else {
            report(
                setting.origin, key,
                "found \(Self.name(setting.value)), expected a list of \(least) to \(most)")
            return fallback
        }
        return (0..<count).map { element(&self, "\(key)[\($0)]") }
    }

    /// Adds what only the caller can know to be wrong, at the value's place.
    mutating func reject(_ key: String, _ message: String) {
        let origin = tree.settings[key]?.origin
        report(origin ?? SettingOrigin(source: "default"), key, message)
    }

    /// Every key that was asked for.
    var knownKeys: [String] { known.filter { !$0.contains("[") }.sorted() }

    /// Every setting that has one value, by key.
    var descriptions: [String: SettingDescription] { described }

    func isSet(_ key: String) -> Bool { tree.settings[key] != nil }

    func origin(of key: String) -> SettingOrigin? { tree.settings[key]?.origin }

    // MARK: The end

    /// Reports every key that nobody asked for; then everything found wrong is complete.
    mutating func finish() {
        let sections = Set(known.flatMap(Self.ancestors))
        for (key, setting) in tree.settings where !known.contains(key) {
            if sections.contains(key) {
                guard setting.value != .mapping, setting.value != .nothing else { continue }
                let keys = children(of: key).joined(separator: ", ")
                report(
                    setting.origin, key,
                    "found \(Self.name(setting.value)), expected a section with the keys \(keys)")
            } else if Self.parent(key).map({ sections.contains($0) }) ?? true {
                report(setting.keyOrigin, key, unknownKey(key))
            }
            // Deeper inside something unknown or mistyped: that was reported already.
        }
        issues.sort { ($0.origin, $0.keyPath) < ($1.origin, $1.keyPath) }
    }

    private func unknownKey(_ key: String) -> String {
        let name = Self.lastName(key)
        let siblings = children(of: Self.parent(key) ?? "")
        if let near = Suggestion.nearest(to: name, among: siblings) {
            return "unknown key; did you mean `\(near)`?"
        }
        if let elsewhere = known.filter({ Self.lastName($0) == name }).min() {
            return "unknown key here; did you mean `\(elsewhere)`?"
        }
        return "unknown key; known here: \(siblings.joined(separator: ", "))"
    }

    private func children(of section: String) -> [String] {
        let names = known.flatMap { [$0] + Self.ancestors($0) }
            .filter { (Self.parent($0) ?? "") == section }.map(Self.lastName)
        return Set(names).sorted()
    }

    // MARK: Pieces

    private mutating func describe<Value>(
        _ key: String, _ kind: SettingDescription.Kind, _ fallback: Value, _ value: Value,
        _ write: (Value) -> String
    ) -> Value {
        described[key] = SettingDescription(
            key: key, kind: kind, value: write(value), defaultValue: write(fallback),
            origin: tree.settings[key]?.origin)
        return value
    }

    private mutating func scalar<Value>(
        _ key: String, _ fallback: Value, _ expectation: String, candidates: [String] = [],
        _ parse: (String, _ isPlain: Bool) -> Value?
    ) -> Value {
        known.insert(key)
        guard let setting = tree.settings[key] else { return fallback }
        if case .scalar(let text, let isPlain) = setting.value, let value = parse(text, isPlain) {
            return value
        }
        var message = "found \(Self.name(setting.value)), expected \(expectation)"
        if case .scalar(let text, _) = setting.value,
            let near = Suggestion.nearest(to: text, among: candidates)
        {
            message += "; did you mean `\(near)`?"
        }
        report(setting.origin, key, message)
        return fallback
    }

    private mutating func bounded<Value: Comparable>(
        _ key: String, _ fallback: Value, _ expectation: String, _ range: ClosedRange<Value>,
        _ bounds: String, _ parse: (String, Bool) -> Value?
    ) -> Value {
        let value = scalar(key, fallback, expectation, parse)
        guard isSet(key), !range.contains(value), let setting = tree.settings[key] else {
            return value
        }
        report(setting.origin, key, "found \(Self.name(setting.value)), expected \(bounds)")
        return fallback
    }

    private mutating func report(_ origin: SettingOrigin, _ key: String, _ message: String) {
        issues.append(ConfigurationIssue(origin: origin, keyPath: key, message: message))
    }

    private static func name(_ value: SettingTree.Value) -> String {
        switch value {
        case .scalar(let text, let isPlain): isPlain ? "`\(text)`" : "the text \"\(text)\""
        case .nothing: "nothing"
        case .mapping: "a section"
        case .list(let count): "a list of \(count)"
        }
    }

    private static func oneOf(_ words: [String]) -> String {
        words.count == 1
            ? "`\(words[0])`" : "one of " + words.map { "`\($0)`" }.joined(separator: ", ")
    }

    private static func short(_ value: Double) -> String {
        value == value.rounded() ? String(Int(value)) : String(value)
    }

    private static func parent(_ key: String) -> String? {
        key.lastIndex(where: { $0 == "." || $0 == "[" }).map { String(key[..<$0]) }
    }

    private static func lastName(_ key: String) -> String {
        key.lastIndex(of: ".").map { String(key[key.index(after: $0)...]) } ?? key
    }

    /// `a.b[0].c` → `a.b[0]`, `a.b`, `a`.
    private static func ancestors(_ key: String) -> [String] {
        var all: [String] = []
        var next = parent(key)
        while let ancestor = next {
            all.append(ancestor)
            next = parent(ancestor)
        }
        return all
    }
}
