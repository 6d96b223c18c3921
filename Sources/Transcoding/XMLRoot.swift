/// Finds the first element of an XML document: what it is, whatever stands before it.
///
/// No parser: nothing is expanded or loaded. XML 1.0, section 2.8.
enum XMLRoot {
    /// The root's name in lower case, without its prefix; nil when none begins in these bytes.
    static func name(_ bytes: [UInt8]) -> String? {
        // UTF-8's byte order mark may come first, and nothing else but white space.
        var rest = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes[3...] : bytes[...]
        while true {
            rest = rest.drop { [0x09, 0x0A, 0x0C, 0x0D, 0x20].contains($0) }
            guard rest.first == UInt8(ascii: "<") else { return nil }
            if rest.starts(with: "<?".utf8) {
                guard let end = skip(rest, past: "?>") else { return nil }
                rest = end
            } else if rest.starts(with: "<!--".utf8) {
                guard let end = skip(rest.dropFirst(4), past: "-->") else { return nil }
                rest = end
            } else if rest.starts(with: "<!".utf8) {
                guard let end = skipDeclaration(rest) else { return nil }
                rest = end
            } else {
                return elementName(rest.dropFirst())
            }
        }
    }

    private static func elementName(_ bytes: ArraySlice<UInt8>) -> String? {
        let name = bytes.prefix { byte in
            byte > 0x20 && byte != UInt8(ascii: ">") && byte != UInt8(ascii: "/")
        }
        // The name must end within what is there, or it may be another one.
        guard !name.isEmpty, name.endIndex < bytes.endIndex else { return nil }
        let text = String(decoding: name, as: UTF8.self).lowercased()
        return text.split(separator: ":").last.map(String.init)
    }

    private static func skip(_ bytes: ArraySlice<UInt8>, past end: String) -> ArraySlice<UInt8>? {
        let pattern = Array(end.utf8)
        var index = bytes.startIndex
        while index + pattern.count <= bytes.endIndex {
            if bytes[index..<index + pattern.count].elementsEqual(pattern) {
                return bytes[(index + pattern.count)...]
            }
            index += 1
        }
        return nil
    }

    /// Past a document type, with the declarations inside its brackets.
    private static func skipDeclaration(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        var depth = 0
        var quote: UInt8?
        for index in bytes.indices {
            let byte = bytes[index]
            if let open = quote {
                if byte == open { quote = nil }
                continue
            }
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "'"): quote = byte
            case UInt8(ascii: "["), UInt8(ascii: "<"): depth += 1
            case UInt8(ascii: "]"): depth -= 1
            case UInt8(ascii: ">"):
                depth -= 1
                if depth <= 0 { return bytes[(index + 1)...] }
            default: break
            }
        }
        return nil
    }
}
