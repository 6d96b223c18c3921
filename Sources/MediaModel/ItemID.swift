/// An item's name in storage, in URLs and on the command line.
///
/// 1…96 characters of `a-z 0-9 - _ .`, starting with a letter or digit: nothing that could climb
/// out of a directory, need escaping in HTML, or look like an option.
package struct ItemID: Hashable, Sendable, CustomStringConvertible {
    package static let maximumLength = 96
    package let rawValue: String

    /// `nil` when the text is not a valid id.
    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard !bytes.isEmpty, bytes.count <= Self.maximumLength,
            Self.isAlphanumeric(bytes[0]),
            bytes.allSatisfy({
                Self.isAlphanumeric($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_")
                    || $0 == UInt8(ascii: ".")
            }),
            // `..` and a trailing dot would read as path tricks although they cannot climb.
            !text.contains(".."), bytes.last != UInt8(ascii: ".")
        else { return nil }
        rawValue = text
    }

    /// A slug of the file name plus the first 8 hex digits of the content's SHA-256.
    package init(fileName: String, sha256: String) {
        var slug: [UInt8] = []
        let base = fileName.split(separator: "/").last.map(String.init) ?? fileName
        let stem: Substring
        if let dot = base.lastIndex(of: "."), dot != base.startIndex {
            stem = base[..<dot]
        } else {
            stem = base[...]
        }
        for byte in stem.lowercased().utf8 {
            if Self.isAlphanumeric(byte) {
                slug.append(byte)
            } else if slug.last != UInt8(ascii: "-"), !slug.isEmpty {
                slug.append(UInt8(ascii: "-"))
            }
            if slug.count >= 60 { break }
        }
        while slug.last == UInt8(ascii: "-") { slug.removeLast() }
        let name = slug.isEmpty ? "item" : String(decoding: slug, as: UTF8.self)
        rawValue = "\(name)-\(sha256.prefix(8))"
    }

    package var description: String { rawValue }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
            || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}

extension ItemID: Codable {
    package init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let id = ItemID(text) else {
            throw DecodingError.dataCorrupted(
                .init(
                    codingPath: decoder.codingPath,
                    debugDescription: "not an item id: 1–96 of a-z 0-9 - _ ."))
        }
        self = id
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }
}
