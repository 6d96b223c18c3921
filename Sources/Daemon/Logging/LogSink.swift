import Glibc

/// Where log lines go. Writing never fails the work that logs.
struct LogSink: Sendable {
    enum Format: Sendable {
        case logfmt, json
        case journal(DatagramSocket)
    }

    let format: Format

    /// - Parameter wanted: `auto` takes the journal when standard error is connected to it.
    init(_ wanted: Configuration.LogFormat, environment: [String: String]) {
        switch wanted {
        case .logfmt: format = .logfmt
        case .json: format = .json
        case .auto where !Self.errorsGoToJournal(environment): format = .logfmt
        case .auto, .journald:
            format =
                DatagramSocket(to: "/run/systemd/journal/socket").map { .journal($0) } ?? .logfmt
        }
    }

    func write(_ line: LogLine) {
        switch format {
        case .logfmt: Self.writeLine(line.logfmt())
        case .json: Self.writeLine(line.json())
        case .journal(let socket):
            // Larger than a datagram, or the journal is gone: better on standard error than lost.
            if !socket.send(line.journal()) { Self.writeLine(line.logfmt()) }
        }
    }

    /// One write per line, so that lines of several threads do not mix.
    private static func writeLine(_ text: String) {
        let bytes = Array((text + "\n").utf8)
        unsafe bytes.withUnsafeBytes { buffer in
            _ = unsafe Glibc.write(STDERR_FILENO, buffer.baseAddress, buffer.count)
        }
    }

    /// JOURNAL_STREAM holds device and inode of the stream: systemd.exec(5). A redirected standard
    /// error has others, and then the operator wants the lines there.
    private static func errorsGoToJournal(_ environment: [String: String]) -> Bool {
        var status = stat()
        guard let stream = environment["JOURNAL_STREAM"],
            unsafe fstat(STDERR_FILENO, &status) == 0
        else { return false }
        return stream == "\(status.st_dev):\(status.st_ino)"
    }
}
