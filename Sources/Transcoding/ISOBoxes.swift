/// Boxes of ISO media that lie in memory, one after the other. Nothing they say is trusted.
///
/// ISO/IEC 14496-12, 4.2
struct ISOBoxes {
    /// Most that are looked at on one level.
    private static let most = 4_096

    /// In their order; those behind one that cannot be are left out.
    static func list(_ bytes: ArraySlice<UInt8>) -> [(name: String, content: ArraySlice<UInt8>)] {
        var found: [(name: String, content: ArraySlice<UInt8>)] = []
        var rest = bytes
        while rest.count >= 8, found.count < most {
            var size = number(rest.prefix(4))
            var header = 8
            if size == 1, rest.count >= 16 {
                size = number(rest.dropFirst(8).prefix(8))
                header = 16
            }
            if size == 0 { size = rest.count }
            guard size >= header, size <= rest.count else { break }
            let box = rest.prefix(size)
            found.append(
                (
                    String(decoding: box.dropFirst(4).prefix(4), as: UTF8.self),
                    box.dropFirst(header)
                ))
            rest = rest.dropFirst(size)
        }
        return found
    }

    /// The content of the first one of that name.
    static func first(_ name: String, in bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        list(bytes).first { $0.name == name }?.content
    }

    /// Big endian; what is too large to be a size is the largest one.
    static func number(_ bytes: some Sequence<UInt8>) -> Int {
        Int(clamping: bytes.reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
    }

    /// Calls `body` with the boxes of a whole file, name and place of the content, until it
    /// answers `false`.
    static func each(in file: FileHead, _ body: (String, Range<Int64>) -> Bool) {
        var offset: Int64 = 0
        for _ in 0..<most {
            let head = file.bytes(at: offset, count: 16)
            guard head.count >= 8 else { return }
            var size = Int64(number(head.prefix(4)))
            var header: Int64 = 8
            if size == 1, head.count == 16 {
                size = Int64(number(head.dropFirst(8)))
                header = 16
            }
            if size == 0 { size = file.byteCount - offset }
            guard size >= header, size <= file.byteCount - offset else { return }
            let name = String(decoding: head[4..<8], as: UTF8.self)
            guard body(name, offset + header..<offset + size) else { return }
            offset += size
        }
    }
}
