import Glibc

/// Sends datagrams to one Unix socket: the service manager's, or the journal's.
final class DatagramSocket: Sendable {
    private let descriptor: Int32
    private let path: String

    /// - Parameter path: absolute, or starting with `@` for the abstract namespace.
    /// - Returns: nil when the path cannot be one or no socket is to be had.
    init?(to path: String) {
        guard path.hasPrefix("/") || path.hasPrefix("@"), (2..<108).contains(path.utf8.count)
        else { return nil }
        let descriptor = socket(
            AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        self.descriptor = descriptor
        self.path = path
    }

    deinit { close(descriptor) }

    /// false when nobody took it.
    func send(_ bytes: [UInt8]) -> Bool {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        var name = Array(path.utf8)
        if name.first == UInt8(ascii: "@") { name[0] = 0 }
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: name) }
        // An abstract name has no end but its length.
        let length = MemoryLayout<sa_family_t>.size + name.count
        let sent = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                unsafe bytes.withUnsafeBytes { buffer in
                    unsafe sendto(
                        descriptor, buffer.baseAddress, buffer.count, Int32(MSG_NOSIGNAL),
                        pointer, socklen_t(length))
                }
            }
        }
        return sent == bytes.count
    }
}
