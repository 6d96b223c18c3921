package import MediaModel
package import Planning

/// Hands out memory and scratch to attempts before their work begins; who does not fit waits here,
/// with its worker, until others have given back.
package actor ResourceDesk {
    /// What there is now: asked whenever somebody comes, goes, or has waited for a while.
    private let machine: @Sendable (_ memory: Int64?) async -> MachineRoom
    private let recheck: Duration
    private let now: @Sendable () -> ContinuousClock.Instant
    /// That jobs may hold in all, in bytes; nil = by what the machine has.
    private var memory: Int64?
    private var ledger = ResourceLedger()
    private var callers: [Int64: Caller] = [:]
    private var lastRoom: MachineRoom?
    private var isLooking = false
    private var mustLookAgain = false
    private var alarm: Task<Void, Never>?

    private struct Caller {
        var resume: CheckedContinuation<Bool, Never>
        var said: String?
        var wait: @Sendable (String) -> Void
    }

    /// - Parameters:
    ///   - memory: that jobs may hold together, in bytes; nil = as `machine` thinks.
    ///   - recheck: how often one that waits is looked at though nobody has given back: other
    ///     programs' memory and files. Default 5 s.
    ///   - machine: what there is, given `memory`.
    package init(
        memory: Int64?, recheck: Duration = .seconds(5),
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now },
        machine: @escaping @Sendable (_ memory: Int64?) async -> MachineRoom
    ) {
        self.memory = memory
        self.recheck = recheck
        self.now = now
        self.machine = machine
    }

    /// What jobs may hold from now on; what is held stays held.
    package func setMemory(_ memory: Int64?) async {
        self.memory = memory
        await look()
    }

    /// Returns when what is needed is there, and is then held until `release`.
    ///
    /// - Parameter wait: told what it waits for, in words, whenever that changes.
    /// - Throws: when the calling task is cancelled meanwhile.
    package func reserve(
        _ need: ResourceNeed, for id: Int64, wait: @escaping @Sendable (String) -> Void
    ) async throws(Failure) {
        let isGranted = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                callers[id] = Caller(resume: continuation, wait: wait)
                ledger.ask(id, for: need)
                // Cancelled before it was here: the handler found nobody.
                if Task.isCancelled { return withdraw(id) }
                Task { await self.look() }
            }
        } onCancel: {
            Task { await self.withdraw(id) }
        }
        guard isGranted else { throw .cancelledByDaemon }
    }

    /// Gives the memory back and keeps the scratch: the worker has ended, what it made is there.
    package func releaseMemory(_ id: Int64) async {
        guard ledger.holds(id) else { return }
        ledger.releaseMemory(id)
        if !ledger.waiting.isEmpty { await look() }
    }

    /// Gives back; nothing when nothing is held.
    package func release(_ id: Int64) async {
        guard ledger.holds(id) else { return }
        ledger.release(id)
        if !ledger.waiting.isEmpty { await look() }
    }

    /// What is handed out and who waits.
    package var figures: ResourceFigures {
        ResourceFigures(
            memoryBytes: lastRoom?.memoryBytes, heldMemoryBytes: ledger.heldMemoryBytes,
            heldScratchBytes: ledger.heldScratchBytes, waiting: ledger.waiting.count)
    }

    private func withdraw(_ id: Int64) {
        guard let caller = callers.removeValue(forKey: id) else { return }
        ledger.release(id)
        caller.resume.resume(returning: false)
        // It may have been the one that nobody was to overtake any more.
        if !ledger.waiting.isEmpty { Task { await self.look() } }
    }

    /// Lets begin whoever may. One look at a time: the machine is asked in between.
    private func look() async {
        mustLookAgain = true
        guard !isLooking else { return }
        isLooking = true
        defer { isLooking = false }
        while mustLookAgain {
            mustLookAgain = false
            let room = await machine(memory)
            lastRoom = room
            let moment = now()
            for id in ledger.grant(room.ledger, at: moment) {
                callers.removeValue(forKey: id)?.resume.resume(returning: true)
            }
            for (id, shortage) in ledger.shortages(room.ledger, at: moment) {
                tell(id, shortage.words)
            }
        }
        setAlarm()
    }

    private func tell(_ id: Int64, _ words: String) {
        guard let caller = callers[id], caller.said != words else { return }
        callers[id]?.said = words
        caller.wait(words)
    }

    private func setAlarm() {
        alarm?.cancel()
        alarm = nil
        guard !ledger.waiting.isEmpty else { return }
        alarm = Task { [recheck] in
            do { try await Task.sleep(for: recheck) } catch { return }
            await self.look()
        }
    }
}

/// What the machine has for jobs at a moment.
package struct MachineRoom: Hashable, Sendable {
    /// That jobs may hold in all, in bytes.
    package var memoryBytes: Int64
    /// That nobody uses now, in bytes; nil = unknown.
    package var freeMemoryBytes: Int64?
    /// Free for scratch, together with what is in it, in bytes; nil = unknown.
    package var scratchBytes: Int64?

    package init(memoryBytes: Int64, freeMemoryBytes: Int64?, scratchBytes: Int64?) {
        self.memoryBytes = memoryBytes
        self.freeMemoryBytes = freeMemoryBytes
        self.scratchBytes = scratchBytes
    }

    var ledger: ResourceLedger.Room {
        .init(
            memoryBytes: memoryBytes, freeMemoryBytes: freeMemoryBytes, scratchBytes: scratchBytes)
    }
}

/// What jobs hold of the machine, for whoever watches.
package struct ResourceFigures: Hashable, Sendable {
    /// That they may hold in all, in bytes; nil before the first job.
    package var memoryBytes: Int64?
    package var heldMemoryBytes: Int64
    package var heldScratchBytes: Int64
    /// Jobs that wait for some of it.
    package var waiting: Int
}

extension ResourceLedger.Shortage {
    /// Behind "waiting for".
    var words: String {
        switch self {
        case .memory(let bytes): "\(ByteCountText.short(bytes)) of memory"
        case .scratch(let bytes): "\(ByteCountText.short(bytes)) of scratch space"
        case .turn: "a job that came before"
        }
    }
}
