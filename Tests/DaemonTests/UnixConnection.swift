import Foundation
import Glibc
import Testing

/// A client that says only what a test tells it to.
@safe
final class UnixConnection: Sendable {
    private let descriptor: Int32

    init(to path: String) throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        let connected = unsafe Self.withAddress(path) { unsafe connect(descriptor, $0, $1) }
        try #require(connected == 0, "connect(\(path)): errno \(errno)")
    }

    deinit { close(descriptor) }

    /// false when the other end has closed.
    func send(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        return unsafe Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count
    }

    /// Waits for so many bytes.
    func firstBytes(_ count: Int) -> String {
        var bytes = [UInt8](repeating: 0, count: count)
        let read = unsafe recv(descriptor, &bytes, count, Int32(MSG_WAITALL))
        return String(decoding: bytes.prefix(max(0, read)), as: UTF8.self)
    }

    /// Waits until the other end closes, or says the last part of a chunked answer.
    func everything() -> String {
        var all: [UInt8] = []
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let end = Array("0\r\n\r\n".utf8)
        while true {
            let read = unsafe recv(descriptor, &bytes, bytes.count, 0)
            guard read > 0 else { break }
            all += bytes.prefix(read)
            if all.suffix(end.count).elementsEqual(end) { break }
        }
        return String(decoding: all, as: UTF8.self)
    }

    /// Runs a body with a socket's address, as bind(2) and connect(2) take it.
    static func withAddress<Result>(
        _ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
    ) -> Result {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let name = Array(path.utf8.prefix(107))
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: name) }
        return unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }
}
