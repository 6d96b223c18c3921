/// Leaves of CSS what only describes looks: known properties, and no way out of the drawing.
///
/// Written anew from what was understood. https://www.w3.org/TR/css-syntax-3/
struct StyleFilter {
    /// Whether something that lies elsewhere was left out.
    private(set) var lostReference = false

    /// A style attribute's declarations.
    mutating func declarations(_ text: String) -> String {
        let text = Self.withoutComments(Self.plain(text))
        return Self.split(text, at: ";").compactMap { declaration -> String? in
            let parts = declaration.split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else { return nil }
            let name = Self.trimmed(parts[0]).lowercased()
            guard DrawingVocabulary.properties.contains(name),
                let value = Self.oneLine(Self.trimmed(parts[1])), !value.isEmpty, allows(value)
            else { return nil }
            return "\(name):\(value)"
        }.joined(separator: ";")
    }

    /// A style sheet: rules with selectors; all `@` rules are left out, and what is inside of them.
    mutating func sheet(_ text: String) -> String {
        var rest = Substring(Self.withoutComments(Self.plain(text)))
        var rules = ""
        while let open = rest.firstIndex(where: { $0 == "{" || $0 == ";" }) {
            let prelude = Self.trimmed(rest[..<open])
            if prelude.hasPrefix("@import") || prelude.hasPrefix("@font-face") {
                lostReference = true
            }
            guard rest[open] == "{" else {
                // A statement without a block.
                rest = rest[rest.index(after: open)...]
                continue
            }
            let (body, end) = Self.block(rest, from: open)
            rest = rest[end...]
            guard let selector = Self.oneLine(prelude), !selector.isEmpty,
                selector.allSatisfy(Self.isSelector),
                !selector.lowercased().contains("url(")
            else { continue }
            let clean = declarations(String(body))
            if !clean.isEmpty { rules += "\(selector){\(clean)}\n" }
        }
        return rules
    }

    /// Whether a value, of a property or an attribute, stays inside of the drawing.
    mutating func allows(_ value: String) -> Bool {
        // Most values are numbers, and long.
        guard value.utf8.contains(where: { "\\@{}<(:".utf8.contains($0) }) else { return true }
        let plain = Self.plain(value)
        guard plain == value else {
            // For what it is told to have lost.
            _ = allows(plain)
            return false
        }
        // Escapes hide names; none is needed for what is drawn.
        guard !value.contains("\\"), !value.contains("@"), !value.contains("{"),
            !value.contains("}"), !value.contains("<")
        else { return false }
        let lower = value.lowercased()
        for word in ["expression(", "javascript:", "image(", "image-set(", "src("]
        where lower.contains(word) {
            return false
        }
        var rest = lower[...]
        while let found = Self.range(of: "url(", in: rest) {
            rest = rest[found...].drop { $0.isWhitespace || $0 == "\"" || $0 == "'" }
            guard rest.first == "#" else {
                lostReference = true
                return false
            }
        }
        return true
    }

    /// Which properties of a style refer to something in the drawing, and to what.
    static func references(
        ofDeclarations text: String
    ) -> [(property: String, targets: [String])] {
        guard text.utf8.contains(UInt8(ascii: "#")) else { return [] }
        return split(text, at: ";").compactMap { declaration in
            let parts = declaration.split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else { return nil }
            let targets = references(in: String(parts[1]))
            return targets.isEmpty ? nil : (trimmed(parts[0]).lowercased(), targets)
        }
    }

    /// Names of what a value refers to in the drawing: `url(#name)`, in letters of either case.
    static func references(in value: String) -> [String] {
        let bytes = Array(value.utf8)
        func isBlank(_ byte: UInt8) -> Bool { byte <= 0x20 || byte == 0x22 || byte == 0x27 }
        var names: [String] = []
        var index = 0
        while index + 4 < bytes.count {
            guard bytes[index] | 0x20 == UInt8(ascii: "u"),
                bytes[index + 1] | 0x20 == UInt8(ascii: "r"),
                bytes[index + 2] | 0x20 == UInt8(ascii: "l"), bytes[index + 3] == UInt8(ascii: "(")
            else {
                index += 1
                continue
            }
            index += 4
            while index < bytes.count, isBlank(bytes[index]) { index += 1 }
            guard index < bytes.count, bytes[index] == UInt8(ascii: "#") else { continue }
            let name = bytes[(index + 1)...].prefix { $0 != UInt8(ascii: ")") && !isBlank($0) }
            names.append(String(decoding: name, as: UTF8.self))
            index = name.endIndex
        }
        return names
    }

    /// Where the text begins that follows a pattern.
    private static func range(of pattern: String, in text: Substring) -> Substring.Index? {
        var start = text.startIndex
        while start < text.endIndex {
            let rest = text[start...]
            if rest.hasPrefix(pattern) { return text.index(start, offsetBy: pattern.count) }
            start = text.index(after: start)
        }
        return nil
    }

    /// A value or a selector as it may stand in a sheet: in one line, with nothing open at its end.
    ///
    /// What was written around comments can become the beginning of one when they are taken out
    /// (`//**/*`), and then, like an open quotation, would hide what is written behind it from who
    /// reads the sheet, but not from us. nil = not to be trusted.
    private static func oneLine(_ text: String) -> String? {
        guard !text.contains("/*"), !text.contains("*/") else { return nil }
        var line = ""
        var quote: Character?
        var open: [Character] = []
        for character in text {
            if character.isNewline {
                guard quote == nil else { return nil }
                line.append(" ")
                continue
            }
            line.append(character)
            if let mark = quote {
                if character == mark { quote = nil }
                continue
            }
            switch character {
            case "\"", "'": quote = character
            case "(": open.append(")")
            case "[": open.append("]")
            case ")", "]":
                guard open.popLast() == character else { return nil }
            default: break
            }
        }
        return quote == nil && open.isEmpty ? line : nil
    }

    /// The text without what combines with its punctuation.
    ///
    /// CSS is read by code points, and here by characters: an accent makes another character of the
    /// parenthesis before it, which then would hide from us and from nobody else.
    private static func plain(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 >= 0x80 }) else { return text }
        var plain = String.UnicodeScalarView()
        for character in text {
            let scalars = character.unicodeScalars
            let hides = scalars.count > 1 && scalars.contains { isPunctuation($0) }
            plain += hides ? scalars.filter(\.isASCII)[...] : scalars[...]
        }
        return String(plain)
    }

    private static func isPunctuation(_ scalar: Unicode.Scalar) -> Bool {
        scalar.isASCII && !scalar.properties.isAlphabetic && scalar.properties.numericType == nil
    }

    private static func isSelector(_ character: Character) -> Bool {
        character.isLetter || character.isNumber || character.isWhitespace
            || "-_.#,>*:+~[]=\"'()|^$".contains(character)
    }

    /// What stands between a brace and its partner, and where it goes on.
    private static func block(
        _ text: Substring, from open: Substring.Index
    ) -> (Substring, Substring.Index) {
        var depth = 0
        var index = open
        while index < text.endIndex {
            if text[index] == "{" { depth += 1 }
            if text[index] == "}" { depth -= 1 }
            if depth == 0 { break }
            index = text.index(after: index)
        }
        let end = index < text.endIndex ? text.index(after: index) : index
        return (text[text.index(after: open)..<index], end)
    }

    /// At separators that stand in no quotation and no brackets.
    private static func split(_ text: String, at separator: Character) -> [Substring] {
        var parts: [Substring] = []
        var start = text.startIndex
        var depth = 0
        var quote: Character?
        for index in text.indices {
            let character = text[index]
            if let open = quote {
                if character == open { quote = nil }
            } else if character == "\"" || character == "'" {
                quote = character
            } else if character == "(" {
                depth += 1
            } else if character == ")" {
                depth -= 1
            } else if character == separator, depth <= 0 {
                parts.append(text[start..<index])
                start = text.index(after: index)
            }
        }
        parts.append(text[start...])
        return parts
    }

    private static func withoutComments(_ text: String) -> String {
        // Old tools hide sheets from old browsers.
        var rest = text.replacing("<!--", with: "").replacing("-->", with: "")[...]
        guard rest.contains("/*") else { return String(rest) }
        var result = ""
        while let open = range(of: "/*", in: rest) {
            result += rest[..<rest.index(open, offsetBy: -2)]
            guard let close = range(of: "*/", in: rest[open...]) else { return result }
            rest = rest[close...]
        }
        return result + rest
    }

    private static func trimmed(_ text: some StringProtocol) -> String {
        var part = text[...]
        while part.first?.isWhitespace == true { part = part.dropFirst() }
        while part.last?.isWhitespace == true { part = part.dropLast() }
        return String(part)
    }
}
