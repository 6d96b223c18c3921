/// Rules of style sheets that refer to something, and the elements that they may be about.
///
/// Only the last part of a selector is looked at, and of that only names, classes and ids: `g > .a:hover`
/// is about everything of class `a`. So no element is missed, and some are counted in vain.
struct StyleRules {
    private struct Rule {
        /// In lower case; empty = any.
        var name = ""
        var id: String?
        var classes: Set<String> = []
        var references: [(property: String, targets: [String])]
    }

    /// By what an element must have at least, so that few are looked at: `#id`, `.class`, a name, or
    /// nothing.
    private var rules: [String: [Rule]] = [:]
    /// Rules that may still be kept or looked at: thousands for each of thousands of elements are
    /// hours.
    private(set) var patience: Int

    init(patience: Int) { self.patience = patience }

    /// - Parameter sheet: as `StyleFilter` wrote it: a rule in each line.
    mutating func add(_ sheet: String) {
        for line in sheet.split(separator: "\n") where line.utf8.contains(UInt8(ascii: "(")) {
            guard let open = line.firstIndex(of: "{"), line.last == "}" else { continue }
            let references = StyleFilter.references(
                ofDeclarations: String(line[line.index(after: open)...].dropLast()))
            guard !references.isEmpty else { continue }
            for selector in Self.selectors(line[..<open]) {
                patience -= 1
                guard patience > 0 else { return }
                var rule = Rule(references: references)
                Self.read(selector, into: &rule)
                rules[Self.key(rule), default: []].append(rule)
            }
        }
    }

    mutating func references(for node: DrawingNode) -> [(property: String, targets: [String])] {
        guard !rules.isEmpty, patience > 0 else { return [] }
        let name = node.name.lowercased()
        let id = node["id"]?.lowercased()
        let words = (node["class"] ?? "").lowercased().split(whereSeparator: \.isWhitespace)
        let classes = Set(words.map(String.init))
        var keys = ["", name]
        if let id { keys.append("#\(id)") }
        for word in classes { keys.append(".\(word)") }
        var references: [(property: String, targets: [String])] = []
        for key in keys {
            for rule in rules[key] ?? [] {
                patience -= 1 + rule.references.count
                guard patience > 0 else { return [] }
                guard rule.name.isEmpty || rule.name == name, rule.id == nil || rule.id == id,
                    rule.classes.isSubset(of: classes)
                else { continue }
                references += rule.references
            }
        }
        return references
    }

    private static func key(_ rule: Rule) -> String {
        if let id = rule.id { return "#\(id)" }
        if let word = rule.classes.first { return ".\(word)" }
        return rule.name
    }

    /// The parts between commas; all in one where a comma may stand for itself.
    private static func selectors(_ text: Substring) -> [Substring] {
        text.contains { "\"'[(".contains($0) } ? [text] : text.split(separator: ",")
    }

    private static func read(_ selector: Substring, into rule: inout Rule) {
        // What is not understood is about everything.
        guard !selector.contains(where: { "\"'[]()^$=|".contains($0) }) else { return }
        guard
            let last = selector.lowercased().split(whereSeparator: {
                $0.isWhitespace || ">+~".contains($0)
            }).last
        else { return }
        var kind: Character = " "
        var word = ""
        func take() {
            guard !word.isEmpty, word != "*" else { return }
            switch kind {
            case ".": rule.classes.insert(word)
            case "#": rule.id = word
            case " ": rule.name = word
            // A state or a place, `:hover`.
            default: break
            }
        }
        for character in last {
            guard ".#:".contains(character) else {
                word.append(character)
                continue
            }
            take()
            (kind, word) = (character, "")
        }
        take()
    }
}
