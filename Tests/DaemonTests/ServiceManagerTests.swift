import Foundation
import Glibc
import TestSupport
import Testing

@testable import Daemon

/// Receives datagrams as systemd would.
private final class Listener: Sendable {
    let path: String
    private let descriptor: Int32

    init(_ directory: TemporaryDirectory) throws {
        path = directory.file("notify").path
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { [path] in
            unsafe $0.copyBytes(from: path.utf8)
        }
        let bound = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        try #require(bound == 0)
    }

    deinit { close(descriptor) }

    /// The next datagram; nil when none has come.
    func next() -> String? {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = unsafe buffer.withUnsafeMutableBytes {
            unsafe recv(descriptor, $0.baseAddress, $0.count, Int32(MSG_DONTWAIT))
        }
        return count < 0 ? nil : String(decoding: buffer.prefix(count), as: UTF8.self)
    }
}

@Suite struct ServiceManagerTests {
    @Test func everyMessageIsOneDatagram() throws {
        let directory = try TemporaryDirectory("notify")
        let listener = try Listener(directory)
        let manager = ServiceManager(
            environment: ["NOTIFY_SOCKET": listener.path, "WATCHDOG_USEC": "60000000"],
            processID: 1)
        manager.ready(status: "ready")
        #expect(listener.next() == "READY=1\nSTATUS=ready")
        manager.status("1 running\nREADY=1")
        #expect(listener.next() == "STATUS=1 running READY=1")
        manager.alive()
        #expect(listener.next() == "WATCHDOG=1")
        manager.extendTimeout(by: .seconds(20))
        #expect(listener.next() == "EXTEND_TIMEOUT_USEC=20000000")
        manager.stopping(status: "bye")
        #expect(listener.next() == "STOPPING=1\nSTATUS=bye")
        #expect(listener.next() == nil)
        #expect(manager.watchdogInterval == .seconds(30))
    }

    @Test func withoutAServiceManagerNothingIsSaid() {
        let manager = ServiceManager(environment: [:], processID: 1)
        manager.ready(status: "nobody hears")
        #expect(manager.watchdogInterval == nil)
    }

    @Test func aWatchdogForAnotherProcessIsNotOurs() {
        let environment = ["WATCHDOG_USEC": "1000000", "WATCHDOG_PID": "7"]
        #expect(ServiceManager(environment: environment, processID: 8).watchdogInterval == nil)
        #expect(
            ServiceManager(environment: environment, processID: 7).watchdogInterval
                == .milliseconds(500))
    }
}
