/// Reads XML as far as drawings need it: elements, attributes, text, and entities that the document
/// declares itself.
///
/// Nothing outside of the text is ever looked at, and nothing grows beyond a bound: an external
/// entity is nothing, an internal one counts its length each time it is used. What comes out is
/// written anew from a list of what is allowed, so a mistake made here can only lose something.
/// XML 1.0, https://www.w3.org/TR/xml/
struct MarkupReader {
    /// One thing after the other, in the order of the text.
    enum Event: Hashable {
        case start(name: String, attributes: [Attribute], isEmpty: Bool)
        case end(name: String)
        case text(String)
    }

    struct Attribute: Hashable {
        var name: String
        var value: String
    }

    /// What is not well-formed, and where.
    struct Damage: Error, Hashable {
        var what: String
        /// From 1.
        var line: Int
    }

    /// Most attributes of one element: more are from no tool.
    private static let mostAttributes = 500
    /// Longest sum of entities' replacements, in bytes: declared names of name spaces take hundreds.
    private static let longestExpansion = 1 << 20

    private let text: [UInt8]
    private var position = 0
    private var entities: [String: String] = [:]
    private var expanded = 0

    /// - Parameter text: UTF-8.
    init(_ text: [UInt8]) { self.text = text }

    /// The next event; nil at the end.
    mutating func next() throws(Damage) -> Event? {
        while position < text.count {
            guard text[position] == UInt8(ascii: "<") else { return .text(try content()) }
            if starts("<!--") {
                try skip(past: "-->", after: 4)
            } else if starts("<![CDATA[") {
                let start = position + 9
                try skip(past: "]]>", after: 9)
                return .text(Self.string(text[start..<position - 3]))
            } else if starts("<!DOCTYPE") {
                try doctype()
            } else if starts("<?") {
                try skip(past: "?>", after: 2)
            } else if starts("</") {
                position += 2
                let name = try name()
                skipSpace()
                try expect(">")
                return .end(name: name)
            } else {
                return try element()
            }
        }
        return nil
    }

    // MARK: Elements and text

    private mutating func element() throws(Damage) -> Event {
        position += 1
        let name = try name()
        var attributes: [Attribute] = []
        var seen: Set<String> = []
        while true {
            let before = position
            skipSpace()
            if starts("/>") {
                position += 2
                return .start(name: name, attributes: attributes, isEmpty: true)
            }
            if starts(">") {
                position += 1
                return .start(name: name, attributes: attributes, isEmpty: false)
            }
            guard position > before else { throw damage("no space before an attribute") }
            let key = try self.name()
            skipSpace()
            try expect("=")
            skipSpace()
            let value = try quoted()
            guard seen.insert(key).inserted else { throw damage("\(key) twice in \(name)") }
            attributes.append(Attribute(name: key, value: try replaced(value)))
            guard attributes.count <= Self.mostAttributes else {
                throw damage("more than \(Self.mostAttributes) attributes in \(name)")
            }
        }
    }

    private mutating func content() throws(Damage) -> String {
        let start = position
        while position < text.count, text[position] != UInt8(ascii: "<") { position += 1 }
        return try replaced(text[start..<position])
    }

    private mutating func quoted() throws(Damage) -> ArraySlice<UInt8> {
        guard position < text.count, starts("\"") || starts("'") else {
            throw damage("a value without quotes")
        }
        let quote = text[position]
        let start = position + 1
        position = start
        while position < text.count, text[position] != quote {
            if text[position] == UInt8(ascii: "<") { throw damage("< in a value") }
            position += 1
        }
        guard position < text.count else { throw damage("a value without end") }
        position += 1
        return text[start..<position - 1]
    }

    /// A name, with its prefix.
    private mutating func name() throws(Damage) -> String {
        let start = position
        while position < text.count, Self.isName(text[position]) { position += 1 }
        guard position > start else { throw damage("a name is missing") }
        return Self.string(text[start..<position])
    }

    private static func isName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"),
            UInt8(ascii: "."), UInt8(ascii: ":"), 0x80...:
            true
        default: false
        }
    }

    // MARK: Entities

    /// Text with its references replaced.
    private mutating func replaced(_ bytes: ArraySlice<UInt8>) throws(Damage) -> String {
        guard bytes.contains(UInt8(ascii: "&")) else { return Self.string(bytes) }
        var result = ""
        var rest = bytes
        while let start = rest.firstIndex(of: UInt8(ascii: "&")) {
            result += Self.string(rest[..<start])
            guard let end = rest[start...].firstIndex(of: UInt8(ascii: ";")) else {
                throw damage("a reference without end")
            }
            result += try replacement(of: Self.string(rest[start + 1..<end]))
            rest = rest[(end + 1)...]
        }
        return result + Self.string(rest)
    }

    private mutating func replacement(of name: String) throws(Damage) -> String {
        switch name {
        case "amp": return "&"
        case "lt": return "<"
        case "gt": return ">"
        case "quot": return "\""
        case "apos": return "'"
        default: break
        }
        if name.hasPrefix("#") {
            let digits = name.dropFirst()
            let number =
                digits.hasPrefix("x") ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
            // XML 1.0, 2.2: of the control characters only tab and line ends.
            guard let scalar = number.flatMap(Unicode.Scalar.init),
                scalar.value >= 0x20 || [0x9, 0xA, 0xD].contains(scalar.value)
            else {
                throw damage("a character that is none: \(name.prefix(12))")
            }
            return String(Character(scalar))
        }
        guard let value = entities[name] else {
            throw damage("an entity that is not declared: \(name.prefix(40))")
        }
        expanded += value.utf8.count
        guard expanded <= Self.longestExpansion else {
            throw damage("entities of more than \(Self.longestExpansion) bytes")
        }
        return value
    }

    /// The document type: of its declarations the entities that are text count.
    private mutating func doctype() throws(Damage) {
        position += "<!DOCTYPE".utf8.count
        while position < text.count {
            if starts("\"") || starts("'") {
                _ = try skipQuoted()
            } else if starts("[") {
                position += 1
                try subset()
            } else if starts(">") {
                position += 1
                return
            } else {
                position += 1
            }
        }
        throw damage("a document type without end")
    }

    private mutating func subset() throws(Damage) {
        while position < text.count {
            if starts("]") {
                position += 1
                return
            }
            if starts("<!--") {
                try skip(past: "-->", after: 4)
            } else if starts("<?") {
                try skip(past: "?>", after: 2)
            } else if starts("<!ENTITY") {
                position += "<!ENTITY".utf8.count
                try entity()
            } else if starts("<!") {
                try skipDeclaration()
            } else {
                position += 1
            }
        }
        throw damage("a document type without end")
    }

    /// `<!ENTITY name "text">`. Those that lie elsewhere are text without a letter; those for
    /// declarations are not needed.
    private mutating func entity() throws(Damage) {
        skipSpace()
        guard !starts("%") else { return try skipDeclaration() }
        let name = try name()
        skipSpace()
        if starts("\"") || starts("'") {
            let value = try skipQuoted()
            // What refers to others is not replaced twice: nesting is how such bombs are built.
            let isPlain = !value.contains(UInt8(ascii: "&")) && !value.contains(UInt8(ascii: "%"))
            let text = Self.string(value)
            if entities[name] == nil { entities[name] = isPlain ? text : "" }
        } else {
            entities[name] = entities[name] ?? ""
        }
        try skipDeclaration()
    }

    private mutating func skipDeclaration() throws(Damage) {
        while position < text.count {
            if starts("\"") || starts("'") {
                _ = try skipQuoted()
            } else if starts(">") {
                position += 1
                return
            } else {
                position += 1
            }
        }
        throw damage("a declaration without end")
    }

    /// A quoted text that may hold anything.
    private mutating func skipQuoted() throws(Damage) -> ArraySlice<UInt8> {
        let quote = text[position]
        let start = position + 1
        guard let end = text[start...].firstIndex(of: quote) else {
            throw damage("a quotation without end")
        }
        position = end + 1
        return text[start..<end]
    }

    // MARK: Moving on

    private func starts(_ pattern: String) -> Bool {
        let count = pattern.utf8.count
        guard position + count <= text.count else { return false }
        return text[position..<position + count].elementsEqual(pattern.utf8)
    }

    private mutating func expect(_ pattern: String) throws(Damage) {
        guard starts(pattern) else { throw damage("\(pattern) is missing") }
        position += pattern.utf8.count
    }

    private mutating func skipSpace() {
        while position < text.count, Self.isBlank(text[position]) {
            position += 1
        }
    }

    private mutating func skip(past end: String, after start: Int) throws(Damage) {
        position = min(position + start, text.count)
        while position < text.count {
            if starts(end) {
                position += end.utf8.count
                return
            }
            position += 1
        }
        throw damage("\(end) is missing")
    }

    private func damage(_ what: String) -> Damage {
        let line = text.prefix(position).count { $0 == 0x0A } + 1
        return Damage(what: what, line: line)
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        [0x20, 0x09, 0x0A, 0x0D].contains(byte)
    }

    /// Without the control characters that XML has no place for, and that are not written either.
    private static func string(_ bytes: ArraySlice<UInt8>) -> String {
        guard bytes.contains(where: { $0 < 0x20 && !isBlank($0) }) else {
            return String(decoding: bytes, as: UTF8.self)
        }
        return String(decoding: bytes.filter { $0 >= 0x20 || isBlank($0) }, as: UTF8.self)
    }
}
