/// How many uploads are worked on at a time, first come, first served.
///
/// An upload that has to wait is parked: it gives its place to the next one and asks for a place
/// again later. Only so many are parked, because each holds a directory open; beyond that waiting
/// keeps the place, and intake slows down with what it waits for.
actor IntakeSlots {
    /// Far below the usual limit of 1,024 descriptors.
    private static let maximumParked = 128

    private var free: Int
    private var parked = 0
    private var waiters: [CheckedContinuation<Void, Never>] = []

    init(count: Int) { free = max(1, count) }

    /// Returns when there is a place. Every `take` is followed by one `give`.
    func take() async {
        if free > 0 {
            free -= 1
            return
        }
        // Not ended by cancellation: those who have a place give it back when they are cancelled.
        await withCheckedContinuation { waiters.append($0) }
    }

    func give() {
        if waiters.isEmpty {
            free += 1
        } else {
            waiters.removeFirst().resume()
        }
    }

    /// Waits without a place when so many may be parked, and has one again when it returns, also
    /// by throwing `CancellationError`.
    func park(for delay: Duration) async throws {
        guard parked < Self.maximumParked else {
            try await Task.sleep(for: delay)
            return
        }
        parked += 1
        give()
        let slept: Result<Void, any Error>
        do {
            slept = .success(try await Task.sleep(for: delay))
        } catch {
            slept = .failure(error)
        }
        await take()
        parked -= 1
        try slept.get()
    }
}
