import MediaModel
import Synchronization

/// Notes which part of an attempt's work took how long.
final class StageClock: Sendable {
    /// A worker names its stages; more than these are not told apart.
    private static let most = 16

    fileprivate struct Notes {
        var stages: [Stage] = []
        var current = 0
        var since: Timestamp
    }

    private let now: @Sendable () -> Timestamp
    private let notes: Mutex<Notes>

    init(now: @escaping @Sendable () -> Timestamp) {
        self.now = now
        notes = Mutex(Notes(since: now()))
    }

    /// What follows belongs to this stage; one that comes back goes on.
    func enter(_ name: String) {
        let time = now()
        notes.withLock { notes in
            if notes.stages.indices.contains(notes.current),
                notes.stages[notes.current].name == name
            {
                return
            }
            notes.settle(at: time)
            if let known = notes.stages.firstIndex(where: { $0.name == name }) {
                notes.current = known
            } else if notes.stages.count < Self.most {
                notes.stages.append(Stage(name: name, startedAt: time, seconds: 0))
                notes.current = notes.stages.count - 1
            }
        }
    }

    /// Everything up to now.
    func stages() -> [Stage] {
        let time = now()
        return notes.withLock { notes in
            notes.settle(at: time)
            return notes.stages
        }
    }

    /// A worker's word for what it does, as it may be shown.
    static func tame(_ name: String) -> String {
        let letters = name.unicodeScalars.filter { ("a"..."z").contains($0) }
        return letters.isEmpty ? "work" : String(String.UnicodeScalarView(letters.prefix(20)))
    }
}

extension StageClock.Notes {
    fileprivate mutating func settle(at time: Timestamp) {
        if stages.indices.contains(current) {
            stages[current].seconds += time.duration(since: since) / .seconds(1)
        }
        since = time
    }
}
