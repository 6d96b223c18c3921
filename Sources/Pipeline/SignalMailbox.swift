import Synchronization
import WorkerProtocol

/// What a worker's process tells, in order; the last one is always `ended`.
enum WorkerSignal: Sendable {
    case report(Report)
    case ended(WorkerExit)
}

/// Hands signals from the worker's I/O thread to the one task that waits for them.
final class SignalMailbox: Sendable {
    private struct State {
        var waiting: [WorkerSignal] = []
        /// Those before it are taken; removing each at once would cost the square of a flood.
        var taken = 0
        var consumer: CheckedContinuation<WorkerSignal, Never>?
        var last: WorkerExit?
    }
    private let state = Mutex(State())

    func deliver(_ signal: WorkerSignal) {
        let consumer = state.withLock { state -> CheckedContinuation<WorkerSignal, Never>? in
            if case .ended(let exit) = signal { state.last = exit }
            if let consumer = state.consumer {
                state.consumer = nil
                return consumer
            }
            state.waiting.append(signal)
            return nil
        }
        consumer?.resume(returning: signal)
    }

    /// The next signal; after the end, the end again. For one task at a time.
    func next() async -> WorkerSignal {
        await withCheckedContinuation { continuation in
            let ready = state.withLock { state -> WorkerSignal? in
                if state.taken < state.waiting.count {
                    defer { state.taken += 1 }
                    return state.waiting[state.taken]
                }
                state.waiting.removeAll()
                state.taken = 0
                if let last = state.last { return .ended(last) }
                precondition(state.consumer == nil, "one consumer at a time")
                state.consumer = continuation
                return nil
            }
            if let ready { continuation.resume(returning: ready) }
        }
    }
}
