import FFmpeg
import Foundation
import MediaModel

/// Threads that succeed or fail together: the first failure stops all.
final class WorkGroup: @unchecked Sendable {
    private let condition = NSCondition()
    private var running = 0
    private var failure: Failure?
    private var isCancelled = false
    private var cancellations: [@Sendable () -> Void] = []

    /// How often a raised interrupt is looked for, in seconds.
    private static let poll = 0.05

    /// Called once, from any thread, when the work must stop: cancel the queues.
    func onCancel(_ body: @escaping @Sendable () -> Void) {
        condition.lock()
        cancellations.append(body)
        condition.unlock()
    }

    /// Starts a thread.
    func start(_ name: String, _ body: @escaping @Sendable () throws(Failure) -> Void) {
        condition.lock()
        running += 1
        condition.unlock()
        let thread = Thread { [self] in
            do throws(Failure) {
                try body()
            } catch {
                cancel(error)
            }
            condition.lock()
            running -= 1
            condition.broadcast()
            condition.unlock()
        }
        thread.name = name
        thread.start()
    }

    /// Waits for all threads.
    ///
    /// Throws the first failure, once every thread has ended: nothing uses the scratch directory
    /// any more.
    func wait(_ interrupt: Interrupt) throws(Failure) {
        condition.lock()
        while running > 0 {
            _ = condition.wait(until: Date(timeIntervalSinceNow: Self.poll))
            if interrupt.isRaised, !isCancelled {
                condition.unlock()
                cancel(.interrupted(while: "transcoding"))
                condition.lock()
            }
        }
        let failure = self.failure
        condition.unlock()
        if let failure { throw failure }
    }

    private func cancel(_ error: Failure) {
        condition.lock()
        // The first one is the cause; what fails after it fails because of it.
        if failure == nil { failure = error }
        let bodies = isCancelled ? [] : cancellations
        isCancelled = true
        condition.unlock()
        for body in bodies { body() }
    }
}
