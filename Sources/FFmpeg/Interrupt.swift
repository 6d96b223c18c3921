import Synchronization

/// Ends blocking reads from another thread, or when a deadline passes.
///
/// libavformat asks it between steps (AVIOInterruptCB), and so does every read of our own I/O; the
/// call then throws ``FFmpegError/Code/interrupted``. Raising is final.
/// <https://ffmpeg.org/doxygen/5.1/structAVIOInterruptCB.html>
package final class Interrupt: Sendable {
    private let flag = Atomic<Bool>(false)
    /// When the work must have ended; nil = no limit.
    package let deadline: ContinuousClock.Instant?

    /// An interrupt that nobody has raised yet.
    package init(deadline: ContinuousClock.Instant? = nil) { self.deadline = deadline }

    /// Asks the work to end. Safe from any thread, any number of times.
    package func raise() { flag.store(true, ordering: .releasing) }

    /// Whether the work should end now.
    package var isRaised: Bool {
        if flag.load(ordering: .acquiring) { return true }
        guard let deadline else { return false }
        return ContinuousClock.now >= deadline
    }
}
