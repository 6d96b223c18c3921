import Synchronization

/// Which contents are being taken in at this moment: kept already, and not known to the queue yet.
///
/// Between the two nobody can tell from the queue that the bytes are needed, so whoever removes
/// bytes asks here, too.
final class Arrivals: Sendable {
    private struct State {
        /// Uploads on their way, by digest.
        var underWay: [String: Int] = [:]
        /// Whether some came since somebody began to think of removing, by digest.
        var doubts: [String: (doubters: Int, hasCome: Bool)] = [:]
    }

    private let state = Mutex(State())

    func begin(_ sha256: String) {
        state.withLock { state in
            state.underWay[sha256, default: 0] += 1
            state.doubts[sha256]?.hasCome = true
        }
    }

    func end(_ sha256: String) {
        state.withLock { state in
            guard let count = state.underWay[sha256] else { return }
            state.underWay[sha256] = count > 1 ? count - 1 : nil
        }
    }

    func isUnderWay(_ sha256: String) -> Bool { state.withLock { $0.underWay[sha256] != nil } }

    /// From here on arrivals are noticed, until `endDoubt`.
    func beginDoubt(_ sha256: String) {
        state.withLock { $0.doubts[sha256, default: (0, false)].doubters += 1 }
    }

    func endDoubt(_ sha256: String) {
        state.withLock { state in
            guard let doubt = state.doubts[sha256] else { return }
            if doubt.doubters > 1 {
                state.doubts[sha256]?.doubters -= 1
            } else {
                state.doubts[sha256] = nil
            }
        }
    }

    /// Removes by `body`, unless any came since `beginDoubt` or are under way; none can come in
    /// meanwhile.
    /// - Returns: whether it was done.
    func removeIfQuiet(
        _ sha256: String, _ body: () throws(StorageError) -> Void
    ) throws(StorageError) -> Bool {
        let result: Result<Bool, StorageError> = state.withLock { state in
            guard state.underWay[sha256] == nil, state.doubts[sha256]?.hasCome != true else {
                return .success(false)
            }
            do throws(StorageError) {
                try body()
                return .success(true)
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }
}
