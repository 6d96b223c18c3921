import Foundation
import Glibc

/// A port of this machine, for TCP and for UDP, that nobody has a reason to speak to.
///
/// The kernel keeps who came until somebody asks: there is no thread, and nothing is missed that
/// happened before the question.
package final class CanaryListener: Sendable {
    /// The same for both protocols.
    package let port: UInt16
    private let stream: Int32
    private let datagram: Int32

    /// - Throws: `ProgramError` when no number is free for both.
    package init() throws {
        for _ in 0..<32 {
            let stream = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue), 0)
            let datagram = socket(AF_INET, Int32(SOCK_DGRAM.rawValue | SOCK_NONBLOCK.rawValue), 0)
            if let port = Self.bind(stream, to: 0), Self.bind(datagram, to: port) != nil,
                listen(stream, 1024) == 0
            {
                (self.stream, self.datagram, self.port) = (stream, datagram, port)
                return
            }
            close(stream)
            close(datagram)
        }
        throw ProgramError("no port of 127.0.0.1 is free for TCP and UDP")
    }

    deinit {
        close(stream)
        close(datagram)
    }

    /// Connections since the last question. Each is closed, so that who made it does not wait.
    package func connections() -> Int {
        var count = 0
        while true {
            let connection = accept(stream, nil, nil)
            guard connection >= 0 else { return count }
            close(connection)
            count += 1
        }
    }

    /// Datagrams since the last question.
    package func datagrams() -> Int {
        var (count, buffer) = (0, [UInt8](repeating: 0, count: 64))
        while unsafe recv(datagram, &buffer, buffer.count, Int32(MSG_DONTWAIT)) >= 0 { count += 1 }
        return count
    }

    /// - Returns: the port that it got; nil when it got none.
    private static func bind(_ descriptor: Int32, to port: UInt16) -> UInt16? {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe Glibc.bind(descriptor, $0, size) == 0
                    && getsockname(descriptor, $0, &size) == 0
            }
        }
        return isBound ? UInt16(bigEndian: address.sin_port) : nil
    }
}
