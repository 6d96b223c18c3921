import Planning

/// Who holds how much of memory and scratch, who waits for some, and who may begin: decisions on
/// plain numbers, without a clock of its own or a disk.
///
/// Nobody waits for ever: when nothing is held the first in the queue may begin whatever it needs,
/// and it cannot be overtaken more than `patience` times.
struct ResourceLedger: Sendable {
    /// What there is at this moment.
    struct Room: Hashable, Sendable {
        /// That jobs may hold in all, in bytes.
        var memoryBytes: Int64
        /// That the machine has left now, in bytes; nil = it does not say.
        var freeMemoryBytes: Int64?
        /// Free on scratch's file system together with what attempts have written there, in bytes;
        /// nil = it cannot be asked.
        var scratchBytes: Int64?
    }

    /// What somebody lacks.
    enum Shortage: Hashable, Sendable {
        /// In bytes: all that it needs.
        case memory(Int64)
        case scratch(Int64)
        /// It would fit, but somebody who came before has been overtaken often enough.
        case turn
    }

    private struct Holder {
        var need: ResourceNeed
        var since: ContinuousClock.Instant
    }

    private struct Waiter {
        var id: Int64
        var need: ResourceNeed
        var overtaken = 0
    }

    /// How often one that waits lets others pass that fit where it does not: photographs beside a
    /// film that waits for a film.
    static let patience = 16
    /// Until a worker has taken what it holds, so that the machine's free memory is without it: an
    /// encoder has looked ahead and its queues are full.
    static let settling = Duration.seconds(20)

    private var holders: [Int64: Holder] = [:]
    private var waiters: [Waiter] = []

    var heldMemoryBytes: Int64 { holders.values.reduce(0) { $0 + $1.need.memoryBytes } }
    var heldScratchBytes: Int64 { holders.values.reduce(0) { $0 + $1.need.scratchBytes } }
    var holderCount: Int { holders.count }
    var waiting: [Int64] { waiters.map(\.id) }

    func holds(_ id: Int64) -> Bool { holders[id] != nil }

    /// Queues up; `grant` says when it may begin.
    mutating func ask(_ id: Int64, for need: ResourceNeed) {
        waiters.append(Waiter(id: id, need: need))
    }

    /// Gives back, or leaves the queue.
    mutating func release(_ id: Int64) {
        holders[id] = nil
        waiters.removeAll { $0.id == id }
    }

    /// Gives the memory back and keeps the scratch.
    mutating func releaseMemory(_ id: Int64) { holders[id]?.need.memoryBytes = 0 }

    /// Lets begin whoever may, in the order of their coming; gives their ids.
    mutating func grant(_ room: Room, at now: ContinuousClock.Instant) -> [Int64] {
        var granted: [Int64] = []
        var stays: [Waiter] = []
        // Whether one of those who stay has let pass as many as it has to.
        var isClosed = false
        for waiter in waiters {
            guard !isClosed, shortage(of: waiter.need, in: room, at: now) == nil else {
                isClosed = isClosed || waiter.overtaken >= Self.patience
                stays.append(waiter)
                continue
            }
            holders[waiter.id] = Holder(need: waiter.need, since: now)
            granted.append(waiter.id)
            for index in stays.indices {
                stays[index].overtaken += 1
                isClosed = isClosed || stays[index].overtaken >= Self.patience
            }
        }
        waiters = stays
        return granted
    }

    /// Why each that waits does.
    func shortages(_ room: Room, at now: ContinuousClock.Instant) -> [Int64: Shortage] {
        Dictionary(
            uniqueKeysWithValues: waiters.map {
                ($0.id, shortage(of: $0.need, in: room, at: now) ?? .turn)
            })
    }

    private func shortage(
        of need: ResourceNeed, in room: Room, at now: ContinuousClock.Instant
    ) -> Shortage? {
        // Alone it may try: an estimate is no proof, and there is nothing to wait for.
        guard !holders.isEmpty else { return nil }
        let wanted = need.memoryBytes
        if heldMemoryBytes + wanted > room.memoryBytes { return .memory(wanted) }
        if let free = room.freeMemoryBytes {
            let promised = holders.values.filter { $0.since + Self.settling > now }
                .reduce(Int64(0)) { $0 + $1.need.memoryBytes }
            if promised + wanted > free { return .memory(wanted) }
        }
        if let scratch = room.scratchBytes, heldScratchBytes + need.scratchBytes > scratch {
            return .scratch(need.scratchBytes)
        }
        return nil
    }
}
