/// Well-formed XML, built line by line; every value is escaped here and nowhere else.
struct XMLText {
    private(set) var text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    private var depth = 0

    /// Starts an element.
    mutating func open(_ name: String, _ attributes: [(String, String)]) {
        line("<\(name)\(Self.joined(attributes))>")
        depth += 1
    }

    /// Ends the element that was started last.
    mutating func close(_ name: String) {
        depth -= 1
        line("</\(name)>")
    }

    /// An element without content.
    mutating func empty(_ name: String, _ attributes: [(String, String)]) {
        line("<\(name)\(Self.joined(attributes))/>")
    }

    /// An element that holds text.
    mutating func element(_ name: String, _ content: String) {
        line("<\(name)>\(Self.escaped(content))</\(name)>")
    }

    private mutating func line(_ content: String) {
        text += String(repeating: "  ", count: depth) + content + "\n"
    }

    private static func joined(_ attributes: [(String, String)]) -> String {
        attributes.map { " \($0)=\"\(escaped($1))\"" }.joined()
    }

    /// Markup characters as entities; characters that XML 1.0 cannot hold are left out.
    static func escaped(_ value: String) -> String {
        var result = ""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&apos;"
            case "\t", "\n", "\r": result += "&#\(scalar.value);"
            default:
                let isAllowed =
                    scalar.value >= 0x20 && scalar.value != 0xFFFE
                    && scalar.value != 0xFFFF
                if isAllowed { result.unicodeScalars.append(scalar) }
            }
        }
        return result
    }
}
