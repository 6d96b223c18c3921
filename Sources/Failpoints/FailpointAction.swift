#if DEBUG
    import Glibc

    /// What happens at a failpoint.
    package enum FailpointAction: String, Hashable, Sendable, CaseIterable {
        /// SIGKILL to itself: nothing more runs.
        case kill
        /// Exits at once with a code of its own, without a handler.
        case abort
        /// The thread stands still for ever; others go on.
        case stall
        /// The caller fails as if the disk or the kernel had.
        case error

        /// Of `abort`.
        package static let abortCode: Int32 = 121

        /// - Returns: `true` when the caller shall fail.
        func take(at point: Failpoint) -> Bool {
            // One write(2), so that it is in the log whatever happens next.
            let line = "failpoint \(point.rawValue): \(rawValue)\n"
            _ = unsafe line.utf8CString.withUnsafeBytes {
                unsafe Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count - 1)
            }
            switch self {
            case .kill:
                _ = Glibc.kill(getpid(), SIGKILL)
                Self.standStill()
            case .abort: _exit(Self.abortCode)
            case .stall: Self.standStill()
            case .error: return true
            }
        }

        private static func standStill() -> Never {
            while true { _ = pause() }
        }
    }
#endif
