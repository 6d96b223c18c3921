import Synchronization

/// Wakes everyone who follows a store when it has changed; a burst of changes wakes once.
package final class ChangeSignal: Sendable {
    private struct State {
        var nextID = 0
        var followers: [Int: AsyncStream<Void>.Continuation] = [:]
    }
    private let state = Mutex(State())

    package init() {}

    /// A stream of its own for each caller; ends when the caller stops iterating.
    package func changes() -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let id = state.withLock { state in
            state.nextID += 1
            state.followers[state.nextID] = continuation
            return state.nextID
        }
        continuation.onTermination = { [weak self] _ in
            self?.state.withLock { _ = $0.followers.removeValue(forKey: id) }
        }
        return stream
    }

    package func send() {
        for follower in state.withLock({ Array($0.followers.values) }) { follower.yield() }
    }
}
