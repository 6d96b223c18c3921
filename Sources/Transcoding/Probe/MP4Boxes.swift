import Glibc

/// A look at the boxes of an MP4 file, for what libavformat passes over in silence.
enum MP4Boxes {
    /// Boxes that hold boxes on the way to the sample entries (ISO/IEC 14496-12, 14496-12 8.12).
    private static let containers: Set<String> = ["moov", "trak", "mdia", "minf", "stbl"]
    /// Most boxes that are looked at: a file of this many is not a film.
    private static let maximumBoxes = 4096

    /// Whether a track's sample entry says that its samples are encrypted: `encv`, `enca`.
    static func isEncrypted(_ descriptor: Int32, byteCount: Int64) -> Bool {
        var pending: [Range<Int64>] = [0..<byteCount]
        var seen = 0
        while let range = pending.popLast() {
            var offset = range.lowerBound
            while offset + 8 <= range.upperBound, seen < maximumBoxes {
                seen += 1
                guard let head = read(descriptor, at: offset, count: 16), head.count >= 8 else {
                    break
                }
                var size = number(head[0..<4])
                var header: Int64 = 8
                if size == 1, head.count == 16 {
                    size = number(head[8..<16])
                    header = 16
                }
                if size == 0 { size = range.upperBound - offset }
                // Not a box: then this is not an MP4 file, or no further to be understood.
                guard size >= header, size <= range.upperBound - offset else { break }
                let name = String(decoding: head[4..<8], as: UTF8.self)
                if containers.contains(name) {
                    pending.append((offset + header)..<(offset + size))
                } else if name == "stsd" {
                    // Version, flags, entry count; then the entries, which are boxes.
                    pending.append((offset + header + 8)..<max(offset + header + 8, offset + size))
                } else if name == "encv" || name == "enca" {
                    return true
                }
                offset += size
            }
        }
        return false
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> Int64 {
        let value = bytes.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return Int64(clamping: value)
    }

    private static func read(_ descriptor: Int32, at offset: Int64, count: Int) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        let result = unsafe bytes.withUnsafeMutableBytes { buffer in
            unsafe pread(descriptor, buffer.baseAddress, count, off_t(offset))
        }
        guard result > 0 else { return nil }
        return Array(bytes.prefix(result))
    }
}
