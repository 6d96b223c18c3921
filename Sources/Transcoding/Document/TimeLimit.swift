import Foundation
import MediaModel
import Synchronization

/// Work that may take only so long, although nothing can interrupt it.
enum TimeLimit {
    /// Stack of the thread that works, in bytes: what a main thread has. Documents nest.
    private static let stackSize = 8 << 20

    /// Runs `work` on a thread of its own.
    ///
    /// A thread that is late is left behind and never waited for again: the caller fails, and a worker
    /// that fails ends with all its threads.
    ///
    /// - Returns: nil when `deadline` passes first.
    static func run<Value: Sendable>(
        until deadline: ContinuousClock.Instant, _ work: @escaping @Sendable () -> Value
    ) -> Value? {
        let result = Box<Value>()
        let done = DispatchSemaphore(value: 0)
        let thread = Thread {
            result.put(work())
            done.signal()
        }
        thread.name = "page"
        thread.stackSize = stackSize
        thread.start()
        let left = max(.zero, deadline - .now)
        guard done.wait(timeout: .now() + left / .seconds(1)) == .success else { return nil }
        return result.value
    }

    private final class Box<Value: Sendable>: Sendable {
        private let content = Mutex<Value?>(nil)

        var value: Value? { content.withLock { $0 } }
        func put(_ value: Value) { content.withLock { $0 = value } }
    }
}
