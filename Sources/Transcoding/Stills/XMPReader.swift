import Foundation

/// Finds single properties in an XMP packet.
///
/// Not an XML parser: packets come from anybody, are often not well-formed, and four texts are
/// wanted. A property is an element (with an `rdf:li` inside, the first counts) or an attribute.
/// https://developer.adobe.com/xmp/docs/XMPSpecifications/
struct XMPReader {
    /// Longer packets hold histories and thumbnails behind the first part.
    private static let maximumLength = 262_144

    private let text: String

    init(_ packet: [UInt8]) {
        text = String(decoding: packet.prefix(Self.maximumLength), as: UTF8.self)
    }

    func value(_ property: String) -> String? {
        element(property) ?? attribute(property)
    }

    /// All of a list's entries, in order.
    func values(_ property: String) -> String? {
        guard let body = body(property), body.contains("<rdf:li") else { return value(property) }
        var entries: [String] = []
        var rest = body[...]
        while let (entry, end) = item(in: rest), entries.count < Self.maximumEntries {
            if let entry { entries.append(entry) }
            rest = rest[end...]
        }
        return entries.isEmpty ? nil : entries.joined(separator: ", ")
    }

    private static let maximumEntries = 20

    /// What stands between an element's tags; nil for one without content.
    private func body(_ property: String) -> Substring? {
        guard let open = text.range(of: "<\(property)"),
            let start = text[open.upperBound...].firstIndex(of: ">"),
            !text[open.upperBound..<start].hasSuffix("/")
        else { return nil }
        let rest = text[text.index(after: start)...]
        return rest.range(of: "</\(property)>").map { rest[..<$0.lowerBound] }
    }

    /// The first list entry, and where it ends; its text is nil when it holds elements.
    private func item(in body: Substring) -> (String?, String.Index)? {
        guard let open = body.range(of: "<rdf:li"),
            let start = body[open.upperBound...].firstIndex(of: ">"),
            let end = body[start...].range(of: "</rdf:li>")
        else { return nil }
        let entry = body[body.index(after: start)..<end.lowerBound]
        return (entry.contains("<") ? nil : unescaped(entry), end.upperBound)
    }

    private func element(_ property: String) -> String? {
        guard let open = text.range(of: "<\(property)"),
            let bodyStart = text[open.upperBound...].firstIndex(of: ">")
        else { return nil }
        let head = text[open.upperBound..<bodyStart]
        if let resource = quoted(in: head, after: "rdf:resource=") { return resource }
        let rest = text[text.index(after: bodyStart)...]
        guard !head.hasSuffix("/"), let close = rest.range(of: "</\(property)>") else { return nil }
        var body = rest[..<close.lowerBound]
        if let item = body.range(of: "<rdf:li") {
            guard let start = body[item.upperBound...].firstIndex(of: ">"),
                let end = body[start...].range(of: "</rdf:li>")
            else { return nil }
            body = body[body.index(after: start)..<end.lowerBound]
        }
        return body.contains("<") ? nil : unescaped(body)
    }

    private func attribute(_ property: String) -> String? {
        quoted(in: text[...], after: " \(property)=")
            ?? quoted(in: text[...], after: "\n\(property)=")
    }

    private func quoted(in text: Substring, after name: String) -> String? {
        guard let found = text.range(of: name), let quote = text[found.upperBound...].first,
            quote == "\"" || quote == "'"
        else { return nil }
        let start = text.index(after: found.upperBound)
        guard let end = text[start...].firstIndex(of: quote) else { return nil }
        return unescaped(text[start..<end])
    }

    private func unescaped(_ text: Substring) -> String {
        guard text.contains("&") else { return String(text) }
        var result = ""
        var rest = text
        while let start = rest.firstIndex(of: "&") {
            result += rest[..<start]
            guard let end = rest[start...].firstIndex(of: ";"),
                let character = Self.entity(rest[rest.index(after: start)..<end])
            else {
                result += "&"
                rest = rest[rest.index(after: start)...]
                continue
            }
            result.append(character)
            rest = rest[rest.index(after: end)...]
        }
        return result + rest
    }

    private static func entity(_ name: Substring) -> Character? {
        switch name {
        case "amp": return "&"
        case "lt": return "<"
        case "gt": return ">"
        case "quot": return "\""
        case "apos": return "'"
        default:
            let code =
                name.hasPrefix("#x")
                ? UInt32(name.dropFirst(2), radix: 16)
                : name.hasPrefix("#") ? UInt32(name.dropFirst()) : nil
            return code.flatMap(Unicode.Scalar.init).map(Character.init)
        }
    }
}
