import Glibc
import MediaModel

/// The first bytes of a file, and a way to look further on.
struct FileHead {
    /// At most `FormatSniffer.headLength` bytes.
    let head: [UInt8]
    let byteCount: Int64
    private let origin: Origin

    private enum Origin {
        case descriptor(Int32)
        case memory([UInt8])
    }

    init(bytes: [UInt8]) {
        head = Array(bytes.prefix(FormatSniffer.headLength))
        byteCount = Int64(bytes.count)
        origin = .memory(bytes)
    }

    init(descriptor: Int32) throws(Failure) {
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else {
            throw .io(code: "upload", "the upload cannot be looked at: errno \(errno)")
        }
        byteCount = Int64(status.st_size)
        head = try Self.read(descriptor, at: 0, count: FormatSniffer.headLength)
        origin = .descriptor(descriptor)
    }

    /// Bytes from further on; fewer at the end of the file, none without one.
    func bytes(at offset: Int64, count: Int) -> [UInt8] {
        guard offset >= 0, offset < byteCount else { return [] }
        if offset + Int64(count) <= Int64(head.count) {
            return Array(head[Int(offset)..<Int(offset) + count])
        }
        switch origin {
        case .memory(let bytes): return Array(bytes.dropFirst(Int(offset)).prefix(count))
        case .descriptor(let file):
            return (try? Self.read(file, at: offset, count: count)) ?? []
        }
    }

    /// Whether the bytes at `offset` of the head are these; nil in the pattern stands for any byte.
    func has(_ pattern: [UInt8?], at offset: Int = 0) -> Bool {
        guard head.count >= offset + pattern.count else { return false }
        return zip(head[offset...], pattern).allSatisfy { $1 == nil || $0 == $1 }
    }

    func has(_ text: String, at offset: Int = 0) -> Bool {
        has(Array(text.utf8), at: offset)
    }

    /// Whether the text appears in the first `limit` bytes.
    func contains(_ text: String, within limit: Int) -> Bool {
        let pattern = Array(text.utf8)
        guard limit >= pattern.count, head.count >= pattern.count else { return false }
        return (0...(min(limit, head.count) - pattern.count)).contains { start in
            head[start] == pattern[0] && head[start..<start + pattern.count].elementsEqual(pattern)
        }
    }

    func bigEndian32(at offset: Int) -> UInt32 {
        guard head.count >= offset + 4 else { return 0 }
        return head[offset..<offset + 4].reduce(0) { $0 << 8 | UInt32($1) }
    }

    /// Four characters, as ISO media names its boxes and brands.
    func fourCharacters(at offset: Int) -> String {
        guard head.count >= offset + 4 else { return "" }
        return String(decoding: head[offset..<offset + 4], as: UTF8.self)
    }

    private static func read(
        _ descriptor: Int32, at offset: Int64, count: Int
    ) throws(Failure) -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: count)
        var filled = 0
        while filled < count {
            let got = unsafe buffer.withUnsafeMutableBytes { bytes in
                unsafe pread(
                    descriptor, bytes.baseAddress.map { unsafe $0 + filled }, count - filled,
                    Int(offset) + filled)
            }
            if got == 0 { break }
            if got < 0 {
                if errno == EINTR { continue }
                throw .io(code: "upload", "the upload cannot be read: errno \(errno)")
            }
            filled += got
        }
        return Array(buffer.prefix(filled))
    }
}
