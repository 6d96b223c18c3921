import Dispatch

/// Runs blocking file work on threads of its own, so that an fsync never holds up a task.
package struct BlockingWork: Sendable {
    private let queue: DispatchQueue

    /// - Parameter label: shown by debuggers.
    package init(label: String) {
        queue = DispatchQueue(label: label, attributes: .concurrent)
    }

    /// Runs `body` to its end, also when the task is cancelled: half a publication helps nobody.
    package func run<Value: Sendable, Problem: Error>(
        _ body: @escaping @Sendable () throws(Problem) -> Value
    ) async throws(Problem) -> Value {
        let result: Result<Value, Problem> = await withCheckedContinuation { continuation in
            queue.async {
                do throws(Problem) {
                    continuation.resume(returning: .success(try body()))
                } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
        }
        return try result.get()
    }
}
