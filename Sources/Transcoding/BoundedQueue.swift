import Foundation

/// Hands values from one thread to another, in order, never more than a few at a time.
///
/// The producer waits while the queue is full, so memory is bounded however long the film is and
/// however slow the slowest stage.
package final class BoundedQueue<Element: Sendable>: @unchecked Sendable {
    private let condition = NSCondition()
    private let capacity: Int
    private var elements: [Element] = []
    private var isFinished = false
    private var isCancelled = false

    /// - Parameter capacity: most values waiting, at least 1.
    package init(capacity: Int) {
        self.capacity = max(1, capacity)
        elements.reserveCapacity(self.capacity)
    }

    /// Adds a value, waiting for room.
    /// - Returns: `false` when the work was cancelled: the producer should end.
    package func put(_ element: Element) -> Bool {
        condition.lock()
        defer { condition.unlock() }
        while elements.count >= capacity, !isCancelled { condition.wait() }
        guard !isCancelled else { return false }
        elements.append(element)
        condition.broadcast()
        return true
    }

    /// The next value, waiting for one; nil when there will be no more, or the work was cancelled.
    package func take() -> Element? {
        condition.lock()
        defer { condition.unlock() }
        while elements.isEmpty, !isFinished, !isCancelled { condition.wait() }
        guard !isCancelled, !elements.isEmpty else { return nil }
        let element = elements.removeFirst()
        condition.broadcast()
        return element
    }

    /// No more values will come; those waiting are still taken.
    package func finish() {
        condition.lock()
        isFinished = true
        condition.broadcast()
        condition.unlock()
    }

    /// Drops everything and wakes both sides.
    package func cancel() {
        condition.lock()
        isCancelled = true
        elements = []
        condition.broadcast()
        condition.unlock()
    }

    /// Whether the work was cancelled, as against simply over.
    package var wasCancelled: Bool {
        condition.lock()
        defer { condition.unlock() }
        return isCancelled
    }
}
