package import ControlAPI
package import MediaModel
import Synchronization

/// Where the daemon itself stands; written by its services, read by `status` and the notifier.
package final class DaemonHealth: Sendable {
    private struct State {
        var isControlOpen = false
        var isReady = false
        var isStopping = false
        var isBarred = false
        var fatal: Failure?
    }

    package let startedAt: Timestamp
    private let state = Mutex(State())
    /// Ends with the first fatal failure.
    let fatalSignal: AsyncStream<Void>
    private let fatalContinuation: AsyncStream<Void>.Continuation

    package init(startedAt: Timestamp) {
        self.startedAt = startedAt
        (fatalSignal, fatalContinuation) = AsyncStream.makeStream()
    }

    /// The control socket is at its name and answers.
    package var isControlOpen: Bool { state.withLock { $0.isControlOpen } }
    package var isReady: Bool { state.withLock { $0.isReady } }
    package var isStopping: Bool { state.withLock { $0.isStopping } }
    var fatal: Failure? { state.withLock { $0.fatal } }

    package func openControl() { state.withLock { $0.isControlOpen = true } }
    package func becomeReady() { state.withLock { $0.isReady = true } }
    /// Nothing is processed in this run.
    package func bar() { state.withLock { $0.isBarred = true } }
    package func beginStopping() { state.withLock { $0.isStopping = true } }

    /// A sync failed: what is on disk is unknown, and the process must end and look again.
    package func fail(_ failure: Failure) {
        state.withLock { if $0.fatal == nil { $0.fatal = failure } }
        fatalContinuation.finish()
    }

    /// - Parameters:
    ///   - isPaused: an operator paused the queue.
    ///   - isImpaired: intake waits for the disk or the queue, or jobs for the storage.
    package func summary(isPaused: Bool, isImpaired: Bool) -> StatusDocument.State {
        state.withLock { state in
            if state.isStopping { return .draining }
            if !state.isReady { return .starting }
            if isImpaired || state.isBarred { return .degraded }
            return isPaused ? .paused : .running
        }
    }
}
