/// An element of a safe drawing, with what is in it.
final class DrawingNode {
    let name: String
    /// In their order; values as text.
    var attributes: [(name: String, value: String)]
    var children: [Child] = []

    enum Child {
        case element(DrawingNode)
        case text(String)
    }

    init(_ name: String, _ attributes: [(name: String, value: String)] = []) {
        self.name = name
        self.attributes = attributes
    }

    subscript(attribute: String) -> String? {
        get { attributes.first { $0.name == attribute }?.value }
        set {
            attributes.removeAll { $0.name == attribute }
            if let newValue { attributes.append((attribute, newValue)) }
        }
    }

    var elements: [DrawingNode] {
        children.compactMap { if case .element(let node) = $0 { node } else { nil } }
    }

    /// As XML. Depth is bounded by the reader.
    func write(to output: inout String) {
        output += "<\(name)"
        for (name, value) in attributes { output += " \(name)=\"\(Self.escaped(value))\"" }
        guard !children.isEmpty else {
            output += "/>"
            return
        }
        output += ">"
        for child in children {
            switch child {
            case .element(let node): node.write(to: &output)
            case .text(let text): output += Self.escaped(text)
            }
        }
        output += "</\(name)>"
    }

    private static func escaped(_ text: String) -> String {
        var result = ""
        result.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "\n", "\r", "\t": result += scalar == "\n" ? "\n" : " "
            // What XML forbids. XML 1.0, section 2.2.
            case _ where scalar.value < 0x20 || (0xFFFE...0xFFFF).contains(scalar.value): break
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
