import Glibc

/// Tells systemd how the service is: https://www.freedesktop.org/software/systemd/man/sd_notify.html.
/// Does nothing when nobody wants to know.
package struct ServiceManager: Sendable {
    private let socket: DatagramSocket?
    /// Tell that we live at least this often: half of what systemd waits for; nil = not wanted.
    package let watchdogInterval: Duration?

    /// Somebody wants to know.
    package var isPresent: Bool { socket != nil }

    /// - Parameters:
    ///   - environment: `NOTIFY_SOCKET`, `WATCHDOG_USEC`, `WATCHDOG_PID`.
    ///   - processID: ours: the watchdog may be meant for another process.
    package init(environment: [String: String], processID: Int32) {
        socket = environment["NOTIFY_SOCKET"].flatMap { DatagramSocket(to: $0) }
        let isOurs = environment["WATCHDOG_PID"].map { $0 == String(processID) } ?? true
        watchdogInterval = environment["WATCHDOG_USEC"].flatMap { Int64($0) }
            .flatMap { $0 > 1 && isOurs ? .microseconds($0 / 2) : nil }
    }

    package func ready(status: String) { send("READY=1", "STATUS=\(oneLine(status))") }
    /// To be followed by `ready`: https://www.freedesktop.org/software/systemd/man/sd_notify.html
    package func reloading() {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        let microseconds = Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
        send("RELOADING=1", "MONOTONIC_USEC=\(microseconds)", "STATUS=reloading")
    }

    package func status(_ status: String) { send("STATUS=\(oneLine(status))") }
    package func alive() { send("WATCHDOG=1") }
    package func stopping(status: String) { send("STOPPING=1", "STATUS=\(oneLine(status))") }

    /// Asks for so much more time to stop.
    package func extendTimeout(by duration: Duration) {
        send("EXTEND_TIMEOUT_USEC=\(duration / .microseconds(1))".prefix { $0 != "." })
    }

    private func send(_ assignments: any StringProtocol...) {
        _ = socket?.send(Array(assignments.map { String($0) }.joined(separator: "\n").utf8))
    }

    /// A second line would be a second assignment.
    private func oneLine(_ text: String) -> String {
        text.replacing("\n", with: " ")
    }
}
