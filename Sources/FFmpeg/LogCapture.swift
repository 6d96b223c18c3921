import CFFmpeg
import Glibc
import Synchronization

/// Keeps FFmpeg's log lines where errors can find them; nothing is printed.
///
/// av_log is redirected once per process. Lines are kept per thread, because two decoders failing
/// side by side must not put each other's words into their errors. Codec-internal threads log on
/// their own behalf: those lines are counted, and seen by ``lastLineOfAnyThread``.
package enum LogCapture {
    /// The last error line (else warning) of this thread since its current operation began.
    package static var lastLine: String? {
        let lines = ThreadLines.current
        return lines.error ?? lines.warning
    }

    /// The last error or warning line logged by any thread of the process.
    package static var lastLineOfAnyThread: String? { shared.lastLine.withLock { $0 } }

    /// How many error lines FFmpeg has logged in this process.
    package static var errorCount: Int { shared.errors.load(ordering: .relaxed) }

    /// How many warning lines FFmpeg has logged in this process.
    package static var warningCount: Int { shared.warnings.load(ordering: .relaxed) }

    /// Redirects av_log to the capture; every handle's initialiser calls this.
    package static func install() { _ = installed }

    /// Forgets this thread's lines: an operation begins.
    static func begin() {
        let lines = ThreadLines.current
        lines.error = nil
        lines.warning = nil
    }

    private static let installed: Void = unsafe cffmpeg_log_redirect { level, line in
        guard let line = unsafe line else { return }
        LogCapture.record(level: level, line: unsafe String(cString: line))
    }

    private static func record(level: Int32, line: String) {
        // Where an object lies is another place each time, and nobody's business.
        let line = String(line.trimmingSuffix(while: \.isWhitespace))
            .replacing(/\ @ 0x[0-9a-f]+/, with: "")
        guard !line.isEmpty else { return }
        if level <= AV_LOG_ERROR {
            ThreadLines.current.error = line
            shared.errors.add(1, ordering: .relaxed)
        } else {
            ThreadLines.current.warning = line
            shared.warnings.add(1, ordering: .relaxed)
        }
        shared.lastLine.withLock { $0 = line }
    }

    private static let shared = SharedLines()
}

private final class SharedLines: Sendable {
    let errors = Atomic<Int>(0)
    let warnings = Atomic<Int>(0)
    let lastLine = Mutex<String?>(nil)
}

/// One thread's lines, freed with the thread.
private final class ThreadLines {
    var error: String?
    var warning: String?

    private static let key: pthread_key_t = {
        var key = pthread_key_t()
        let result = unsafe pthread_key_create(&key) { value in
            guard let value = unsafe value else { return }
            unsafe Unmanaged<ThreadLines>.fromOpaque(value).release()
        }
        precondition(result == 0, "no thread-specific keys left")
        return key
    }()

    static var current: ThreadLines {
        if let value = unsafe pthread_getspecific(key) {
            return unsafe Unmanaged<ThreadLines>.fromOpaque(value).takeUnretainedValue()
        }
        let lines = ThreadLines()
        unsafe pthread_setspecific(key, Unmanaged.passRetained(lines).toOpaque())
        return lines
    }
}

extension String {
    fileprivate func trimmingSuffix(while predicate: (Character) -> Bool) -> Substring {
        var text = self[...]
        while let last = text.last, predicate(last) { text.removeLast() }
        return text
    }
}
