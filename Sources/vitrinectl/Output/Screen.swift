import Foundation
import Glibc

/// A terminal that is drawn on as a whole and given back as it was.
final class Screen {
    /// Lines of the smallest terminal there is; what is more would scroll.
    private static let height = 24

    private let before: termios
    private var isOpen = true

    /// nil when input or output is no terminal.
    init?() {
        var settings = termios()
        guard Output.isTerminal, unsafe tcgetattr(STDIN_FILENO, &settings) == 0 else { return nil }
        before = settings
        // Keys one by one, not shown; control-C is a key, so that the terminal is always given back.
        settings.c_lflag &= ~tcflag_t(ICANON | ECHO | ISIG)
        unsafe withUnsafeMutableBytes(of: &settings.c_cc) { keys in
            unsafe keys[Int(VMIN)] = 0
            unsafe keys[Int(VTIME)] = 0
        }
        unsafe tcsetattr(STDIN_FILENO, TCSANOW, &settings)
        // The other screen, no cursor, long lines end at the edge.
        Output.raw("\u{1B}[?1049h\u{1B}[?25l\u{1B}[?7l")
    }

    func draw(_ lines: [String]) {
        let shown = lines.prefix(Self.height - 1).map { "\($0)\u{1B}[K" }
        Output.raw("\u{1B}[H" + shown.joined(separator: "\r\n") + "\u{1B}[J")
    }

    /// q or control-C was pressed.
    func isAskedToEnd() -> Bool {
        var key: UInt8 = 0
        while unsafe read(STDIN_FILENO, &key, 1) == 1 {
            if key == UInt8(ascii: "q") || key == 3 { return true }
        }
        return false
    }

    /// May be called twice.
    func close() {
        guard isOpen else { return }
        isOpen = false
        Output.raw("\u{1B}[?7h\u{1B}[?25h\u{1B}[?1049l")
        var settings = before
        unsafe tcsetattr(STDIN_FILENO, TCSANOW, &settings)
    }
}
