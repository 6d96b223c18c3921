import Foundation
import Glibc

/// Standard output is data, standard error everything else.
enum Output {
    static let isTerminal = isatty(STDOUT_FILENO) == 1
    static let noteIsTerminal = isatty(STDERR_FILENO) == 1

    /// https://no-color.org: any value but the empty one turns colours off.
    private static let hasColor: Bool = {
        let environment = ProcessInfo.processInfo.environment
        return isTerminal && environment["NO_COLOR", default: ""].isEmpty
            && environment["TERM"] != "dumb"
    }()

    static func data(_ bytes: Data) {
        var line = bytes
        if line.last != UInt8(ascii: "\n") { line.append(UInt8(ascii: "\n")) }
        write(line, to: STDOUT_FILENO)
    }

    static func line(_ text: String) { data(Data(text.utf8)) }

    static func note(_ text: String) { write(Data((text + "\n").utf8), to: STDERR_FILENO) }

    /// What only a terminal understands, and only the screen's owner says.
    static func raw(_ text: String) { write(Data(text.utf8), to: STDOUT_FILENO) }

    /// Writes over the line the cursor stands in; terminals only.
    static func status(_ text: String) {
        write(Data("\r\u{1B}[K\(text)".utf8), to: STDERR_FILENO)
    }

    /// A state as a word, coloured on a terminal by what it means.
    static func state(_ word: String) -> Cell {
        let color: Int? =
            switch word {
            case "ready", "completed", "ok", "running": 32
            case "failed", "discarded", "error", "degraded": 31
            case "partial", "retryable", "held", "paused", "warning", "draining": 33
            default: nil
            }
        return Cell(word, color: hasColor ? color : nil)
    }

    /// Control characters, which could move the cursor or forge a line, as `\u{…}`.
    static func escape(_ text: String) -> String {
        var safe = ""
        for scalar in text.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate:
                safe += "\\u{\(String(scalar.value, radix: 16))}"
            default: safe.unicodeScalars.append(scalar)
            }
        }
        return safe
    }

    private static func write(_ bytes: Data, to descriptor: Int32) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { buffer in
                unsafe Glibc.write(descriptor, buffer.baseAddress, buffer.count)
            }
            if count < 0, errno == EINTR { continue }
            // Nobody reads any more, or the disk is full: there is no place to say so.
            if count <= 0 { return }
            rest = rest.dropFirst(count)
        }
    }
}

/// One field of a table.
struct Cell: ExpressibleByStringInterpolation {
    let text: String
    let color: Int?

    init(_ text: String, color: Int? = nil) {
        self.text = Output.escape(text)
        self.color = color
    }

    init(stringLiteral value: String) { self.init(value) }

    /// What is not there is shown as a dash.
    init(_ text: String?) { self.init(text ?? "-", color: nil) }

    func padded(to width: Int) -> String {
        let padding = String(repeating: " ", count: max(0, width - text.count))
        guard let color else { return text + padding }
        return "\u{1B}[\(color)m\(text)\u{1B}[0m\(padding)"
    }
}
