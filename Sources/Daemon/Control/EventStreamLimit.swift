import Synchronization

/// How many event streams there are: each holds a connection for as long as its client likes.
final class EventStreamLimit: Sendable {
    static let count = 16

    private let taken = Mutex(0)

    /// nil when every place is taken.
    func place() -> Place? {
        let isFree = taken.withLock { taken in
            guard taken < Self.count else { return false }
            taken += 1
            return true
        }
        return isFree ? Place(self) : nil
    }

    /// Taken as long as this object lives: also an answer that is never written gives it back.
    final class Place: Sendable {
        private let limit: EventStreamLimit

        fileprivate init(_ limit: EventStreamLimit) { self.limit = limit }

        deinit { limit.taken.withLock { $0 -= 1 } }
    }
}
