import CLinux
import Foundation
import Glibc
import Synchronization
import WorkerProtocol

/// The worker's end of the socket to the daemon: descriptor 3.
final class ControlChannel: Sendable {
    private let descriptor: Int32 = 3
    private let writing = Mutex(())

    /// nil when descriptor 3 is no socket: somebody started the worker by hand.
    init?() {
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFSOCK else {
            return nil
        }
    }

    /// Sends a report, whole; ends the process when the daemon is gone.
    func send(_ report: Report) {
        guard let line = try? LineCodec.encode(report) else {
            Entry.fail("a report could not be encoded", code: 70)
        }
        writing.withLock { _ in
            var offset = 0
            while offset < line.count {
                let count = unsafe line.withUnsafeBytes { bytes in
                    unsafe Glibc.send(
                        descriptor, bytes.baseAddress.map { unsafe $0 + offset },
                        bytes.count - offset, Int32(MSG_NOSIGNAL))
                }
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { _exit(3) }
                offset += count
            }
        }
    }

    /// Waits for two descriptors: the upload and the scratch directory, or what a zygote gives to a worker;
    /// nil when the daemon hangs up first. Both are the caller's.
    func receivePair() -> (Int32, Int32)? {
        var descriptors: [Int32] = [-1, -1]
        let count = unsafe clinux_receive_descriptors(descriptor, &descriptors, 2)
        return count == 2 ? (descriptors[0], descriptors[1]) : nil
    }

    /// Hands every command to `handle`, on a thread of its own. When the socket ends, the daemon
    /// is dead or wants nothing more: the process ends there and then, whatever it is doing.
    func listen(_ handle: @escaping @Sendable (Command) -> Void) {
        let thread = Thread { [descriptor] in
            var splitter = LineSplitter()
            var buffer = [UInt8](repeating: 0, count: 1 << 16)
            while true {
                let count = unsafe buffer.withUnsafeMutableBytes { bytes in
                    unsafe read(descriptor, bytes.baseAddress, bytes.count)
                }
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { _exit(3) }
                guard let lines = try? splitter.append(Data(buffer[..<count])) else { _exit(70) }
                for line in lines {
                    guard let command = try? LineCodec.decode(Command.self, from: line) else {
                        Entry.fail("the daemon said something that is no command", code: 70)
                    }
                    handle(command)
                }
            }
        }
        thread.name = "control"
        thread.start()
    }
}
