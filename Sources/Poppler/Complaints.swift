import CPoppler
import Synchronization

/// What poppler says of documents that it reads in spite of their mistakes, kept for whoever asks.
///
/// The messages belong to the process, not to a document.
package enum Complaints {
    /// More are dropped: a damaged document can have one for every object.
    static let capacity = 20
    /// In characters; a message can quote the document.
    static let longest = 200

    private static let collected = Mutex<(isInstalled: Bool, messages: [String])>((false, []))

    /// Returns the messages since the last call, oldest first, and forgets them.
    package static func take() -> [String] {
        collected.withLock { state in
            defer { state.messages = [] }
            return state.messages
        }
    }

    private static func add(_ message: String) {
        collected.withLock { state in
            if state.messages.count < capacity {
                state.messages.append(String(message.prefix(longest)))
            }
        }
    }

    /// poppler logs to GLib, as information. Wraps `g_log_set_handler`.
    static func install() {
        let isFirst = collected.withLock { state in
            defer { state.isInstalled = true }
            return !state.isInstalled
        }
        guard isFirst else { return }
        _ = unsafe g_log_set_handler(
            "Poppler", G_LOG_LEVEL_MASK,
            { _, _, message, _ in
                guard let message = unsafe message else { return }
                Complaints.add(unsafe String(cString: message))
            }, nil)
    }
}
