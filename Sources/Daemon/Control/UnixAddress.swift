import Glibc

/// Limits of a Unix socket's path, and who listens there: unix(7).
enum UnixAddress {
    /// Bytes of a path; `sun_path` holds one more for the final zero.
    static let longestPath = 107

    /// What connect(2) to a socket says.
    enum Answer: Hashable {
        case nobody
        case somebody
        /// errno.
        case failed(Int32)
    }

    /// Connects and closes again; does not block.
    static func ask(_ path: String) -> Answer {
        let kind = SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue
        let descriptor = socket(AF_UNIX, Int32(kind), 0)
        guard descriptor >= 0 else { return .failed(errno) }
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let name = Array(path.utf8)
        guard name.count <= longestPath else { return .failed(ENAMETOOLONG) }
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: name) }
        let result = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                unsafe connect(descriptor, pointer, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        if result == 0 { return .somebody }
        switch errno {
        case ENOENT, ECONNREFUSED: return .nobody
        // Somebody listens, with a full backlog.
        case EAGAIN: return .somebody
        case let number: return .failed(number)
        }
    }
}
