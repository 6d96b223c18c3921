import MediaModel

extension Attribution {
    private static let png: [UInt8?] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
    /// Most chunks that are looked at; text may stand behind the pixels.
    private static let maximumChunks = 4_096
    /// Longest of those that are read, in bytes.
    private static let longestChunk = 4_096

    /// Reads the words that PNG itself has for who made it, which libvips 8.14 hands on only where they
    /// are UTF-8. Packed ones are passed over. PNG, third edition, 11.3.3
    init?(png file: FileHead) {
        guard file.has(Self.png) else { return nil }
        var texts: [String: String] = [:]
        var offset = Int64(Self.png.count)
        for _ in 0..<Self.maximumChunks {
            let head = file.bytes(at: offset, count: 8)
            guard head.count == 8 else { break }
            let length = ISOBoxes.number(head[..<4])
            if ["tEXt", "iTXt"].contains(String(decoding: head[4...], as: UTF8.self)),
                length <= Self.longestChunk,
                let (keyword, text) = Self.entry(
                    file.bytes(at: offset + 8, count: length), isInternational: head[4] == 0x69)
            {
                texts[keyword] = texts[keyword] ?? text
            }
            offset += 12 + Int64(length)
        }
        self.init(xmp: nil, iptc: nil, artist: texts["Author"], rights: texts["Copyright"])
    }

    /// Keyword and text of a chunk; nil where it is packed, or ends early.
    private static func entry(
        _ chunk: [UInt8], isInternational: Bool
    ) -> (keyword: String, text: String)? {
        guard let end = chunk.firstIndex(of: 0) else { return nil }
        let keyword = String(undeclared: chunk[..<end])
        var text = chunk[(end + 1)...]
        if isInternational {
            // Whether it is packed, and how; then a language, and the keyword in it.
            guard text.count >= 2, text.first == 0 else { return nil }
            text = text.dropFirst(2)
            for _ in 0..<2 {
                guard let end = text.firstIndex(of: 0) else { return nil }
                text = text[(end + 1)...]
            }
        }
        return (keyword, String(undeclared: text))
    }
}
