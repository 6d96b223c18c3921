import MediaModel

/// The files in a ZIP archive of our own making, none of them compressed: where their bytes lie.
///
/// libvips writes pyramids of tiles to a path or into an archive, and a path is not what it gets
/// here. The archive is read as if it were somebody else's. APPNOTE.TXT 6.3; of ZIP64 the sizes, which
/// libgsf writes so whatever they are.
struct ZipArchive {
    /// A file in it.
    struct Entry: Hashable {
        var name: String
        var window: ByteWindow
    }

    let entries: [Entry]

    /// Longest comment at the end, in bytes.
    private static let longestComment = 65_535
    private static let endLength = 22
    /// Most bytes of the list of files: twelve thousand tiles take two megabytes.
    private static let longestDirectory = 32 << 20

    /// - Returns: nil for what is no archive, is damaged, or holds something compressed.
    init?(_ file: FileHead) {
        let length = Int(min(file.byteCount, Int64(Self.endLength + Self.longestComment)))
        let tail = file.bytes(at: file.byteCount - Int64(length), count: length)
        let signature: [UInt8] = [0x50, 0x4B, 5, 6]
        guard tail.count >= Self.endLength,
            let end = (0...(tail.count - Self.endLength)).last(where: {
                tail[$0..<$0 + 4].elementsEqual(signature)
            })
        else { return nil }
        let count = tail[end + 10..<end + 12].littleEndian
        let size = tail[end + 12..<end + 16].littleEndian
        guard size <= Self.longestDirectory else { return nil }
        let directory = file.bytes(
            at: Int64(tail[end + 16..<end + 20].littleEndian), count: size)
        guard directory.count == size else { return nil }
        var entries: [Entry] = []
        var offset = 0
        for _ in 0..<count {
            guard offset + 46 <= directory.count,
                directory[offset..<offset + 4].elementsEqual([0x50, 0x4B, 1, 2])
            else { return nil }
            func number(_ place: Int, _ width: Int) -> Int {
                directory[offset + place..<offset + place + width].littleEndian
            }
            let (method, names, extra) = (number(10, 2), number(28, 2), number(30, 2))
            guard method == 0, offset + 46 + names + extra <= directory.count else { return nil }
            let wide = Self.wideSizes(
                directory[(offset + 46 + names)..<(offset + 46 + names + extra)])
            var (length, stored) = (number(24, 4), number(20, 4))
            if length == Self.elsewhere, stored == Self.elsewhere {
                guard let wide else { return nil }
                (length, stored) = wide
            }
            guard length == stored else { return nil }
            let name = String(
                decoding: directory[offset + 46..<offset + 46 + names], as: UTF8.self)
            let local = Int64(number(42, 4))
            let head = file.bytes(at: local, count: 30)
            guard head.count == 30, head.starts(with: [0x50, 0x4B, 3, 4]) else { return nil }
            let data = local + 30 + Int64(head[26..<28].littleEndian + head[28..<30].littleEndian)
            let window = ByteWindow(offset: data, length: Int64(length))
            if !name.hasSuffix("/") {
                guard window.fits(in: file.byteCount) else { return nil }
                entries.append(Entry(name: name, window: window))
            }
            offset += 46 + names + extra + number(32, 2)
        }
        self.entries = entries
    }

    /// A size that stands in the extra field instead.
    private static let elsewhere = 0xFFFF_FFFF

    /// The two sizes of the ZIP64 field, when there is one.
    private static func wideSizes(_ extra: ArraySlice<UInt8>) -> (length: Int, stored: Int)? {
        var rest = extra
        while rest.count >= 4 {
            let kind = rest.prefix(2).littleEndian
            let field = rest.dropFirst(4).prefix(rest.dropFirst(2).prefix(2).littleEndian)
            if kind == 1, field.count >= 16 {
                let sizes = [field.prefix(8), field.dropFirst(8).prefix(8)].map { Array($0) }
                // No file of ours has as many bytes as would not fit.
                guard sizes.allSatisfy({ $0[7] < 0x40 }) else { return nil }
                return (sizes[0].littleEndian, sizes[1].littleEndian)
            }
            rest = rest.dropFirst(4 + field.count)
        }
        return nil
    }
}
