import CVips
import Synchronization

/// GLib's and libvips' log messages, kept for whoever asks instead of written to standard error.
///
/// libvips logs what it could work around (a JPEG that ends early, a profile that does not fit); after a
/// decode these are the only trace of it. They belong to the process, not to an image.
package enum Warnings {
    /// More are dropped: a fuzzed file can produce one per row.
    static let capacity = 100

    private static let collected = Mutex<[String]>([])

    /// Returns the messages since the last call, oldest first, and forgets them.
    package static func take() -> [String] {
        collected.withLock { messages in
            defer { messages = [] }
            return messages
        }
    }

    static func add(_ message: String) {
        collected.withLock { messages in
            if messages.count < capacity { messages.append(message) }
        }
    }

    /// Wraps `g_log_set_default_handler`.
    static func install() {
        _ = unsafe g_log_set_default_handler(
            { domain, level, message, _ in
                // libvips also tells how it resamples; that is information, not a warning.
                let serious =
                    G_LOG_LEVEL_WARNING.rawValue | G_LOG_LEVEL_CRITICAL.rawValue
                    | G_LOG_LEVEL_ERROR.rawValue
                guard level.rawValue & serious != 0, let message = unsafe message else { return }
                let domain = unsafe domain.map { unsafe String(cString: $0) } ?? "GLib"
                unsafe Warnings.add("\(domain): \(String(cString: message))")
            }, nil)
    }
}
