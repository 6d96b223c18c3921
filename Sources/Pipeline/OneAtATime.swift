/// Lets work in one after the other, in the order it came.
package actor OneAtATime {
    /// Whoever waits for the one that works now.
    private var waiting: [CheckedContinuation<Void, Never>] = []
    private var isBusy = false

    package init() {}

    /// Runs `body` while none of the others runs.
    package func run<Value: Sendable>(
        _ body: @Sendable () async throws -> Value
    ) async rethrows -> Value {
        if isBusy {
            await withCheckedContinuation { waiting.append($0) }
        }
        isBusy = true
        defer {
            if waiting.isEmpty { isBusy = false } else { waiting.removeFirst().resume() }
        }
        return try await body()
    }
}
