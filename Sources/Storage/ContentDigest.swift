internal import CLinux
import Crypto
import Glibc

/// How many bytes and which: the identity of stored content.
package struct ContentDigest: Codable, Hashable, Sendable {
    package var byteCount: Int64
    /// Lower-case hex.
    package var sha256: String

    package init(byteCount: Int64, sha256: String) {
        self.byteCount = byteCount
        self.sha256 = sha256
    }

    /// Of bytes in memory.
    package init(of bytes: [UInt8]) {
        var hasher = StreamHasher()
        unsafe bytes.withUnsafeBytes { unsafe hasher.update($0) }
        self = hasher.finish()
    }

    /// Of everything behind a descriptor, from its start; the descriptor's position is not moved.
    /// - Parameter isAnew: read from the disk, not from what the kernel has of it in memory: after a
    ///   failed sync those are not the same. Default false.
    package init(
        of descriptor: Int32, path: String = "descriptor", isAnew: Bool = false
    ) throws(StorageError) {
        if isAnew { PageCache.drop(descriptor) }
        var hasher = StreamHasher()
        try unsafe readChunks(of: descriptor, path: path) { chunk throws(StorageError) in
            unsafe hasher.update(chunk)
        }
        self = hasher.finish()
    }

    /// Whether a text is a lower-case SHA-256 in hex.
    package static func isSHA256(_ text: String) -> Bool {
        text.utf8.count == 64
            && text.utf8.allSatisfy {
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                    || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
            }
    }
}

/// SHA-256 and length of bytes that come in pieces.
struct StreamHasher {
    private var hash = SHA256()
    private var byteCount: Int64 = 0

    mutating func update(_ bytes: UnsafeRawBufferPointer) {
        unsafe hash.update(bufferPointer: bytes)
        byteCount += Int64(bytes.count)
    }

    func finish() -> ContentDigest {
        let hex = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        for byte in hash.finalize() {
            text.append(hex[Int(byte >> 4)])
            text.append(hex[Int(byte & 15)])
        }
        return ContentDigest(byteCount: byteCount, sha256: String(decoding: text, as: UTF8.self))
    }
}

/// Reads a file from its start in pieces of 1 MiB, which keeps both system calls and cache misses
/// rare; the buffer is lent to `body` for the call.
func readChunks(
    of descriptor: Int32, path: String,
    _ body: (UnsafeRawBufferPointer) throws(StorageError) -> Void
) throws(StorageError) {
    let capacity = 1 << 20
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: capacity, alignment: 4096)
    defer { unsafe buffer.deallocate() }
    var offset: Int64 = 0
    while true {
        let count = try systemCall("read", path) {
            unsafe pread(descriptor, buffer.baseAddress, capacity, off_t(offset))
        }
        if count == 0 { return }
        try unsafe body(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        offset += Int64(count)
    }
}
