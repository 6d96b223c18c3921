/// The text of a document as it is published: pages one after the other, form feeds between them.
struct DocumentText {
    private let maximumBytes: Int
    /// UTF-8.
    private(set) var bytes: [UInt8] = []
    private(set) var isCut = false
    /// Whether anything but white space is in it.
    private(set) var saysSomething = false

    init(maximumBytes: Int) { self.maximumBytes = maximumBytes }

    /// Adds the next page; an empty one too, so that pages can be counted.
    mutating func add(page text: String, isFirst: Bool) {
        guard !isCut else { return }
        if !isFirst { append("\u{0C}") }
        var lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        while lines.last?.isEmpty == true { lines.removeLast() }
        for line in lines {
            let clean = Self.clean(line)
            if !clean.isEmpty { saysSomething = true }
            append(clean + "\n")
        }
    }

    /// Whole characters only, up to the limit.
    private mutating func append(_ text: String) {
        if bytes.count + text.utf8.count <= maximumBytes {
            return bytes.append(contentsOf: text.utf8)
        }
        for character in text where !isCut {
            if bytes.count + character.utf8.count > maximumBytes {
                isCut = true
            } else {
                bytes.append(contentsOf: character.utf8)
            }
        }
    }

    /// Without control characters, of which a document can hold any, and without trailing space.
    private static func clean(_ text: Substring) -> String {
        var line = ""
        for scalar in text.unicodeScalars where !isControl(scalar) {
            line.unicodeScalars.append(scalar)
        }
        while line.last?.isWhitespace == true { line.removeLast() }
        return line
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar != "\t" && [.control, .surrogate].contains(scalar.properties.generalCategory)
    }

    /// One line of it, as titles are; nil when nothing is left.
    static func line(_ text: String?) -> String? {
        guard let text else { return nil }
        let words = text.split(whereSeparator: \.isWhitespace).map(clean)
        let line = words.filter { !$0.isEmpty }.joined(separator: " ")
        return line.isEmpty ? nil : String(line.prefix(Attribution.maximumLength))
    }
}
