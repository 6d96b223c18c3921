import MediaModel
import Planning
import Synchronization
import Testing

@testable import Pipeline

/// Attempts that wait for memory, and get it.
struct ResourceDeskTests {
    /// What is free changes under the desk's feet.
    private final class Machine: Sendable {
        let scratch = Mutex<Int64?>(nil)

        func room(_ memory: Int64?) -> MachineRoom {
            MachineRoom(
                memoryBytes: memory ?? 4 << 30, freeMemoryBytes: nil,
                scratchBytes: scratch.withLock { $0 })
        }
    }

    private func need(_ gibibytes: Int64, scratch: Int64 = 0) -> ResourceNeed {
        ResourceNeed(memoryBytes: gibibytes << 30, scratchBytes: scratch, reason: "test")
    }

    private func makeDesk(
        memory: Int64? = nil, recheck: Duration = .seconds(3600), _ machine: Machine = Machine()
    ) -> ResourceDesk {
        ResourceDesk(memory: memory, recheck: recheck) { machine.room($0) }
    }

    /// Begins to reserve in a task of its own; the words that it is told come as a stream.
    private func begin(
        _ desk: ResourceDesk, _ need: ResourceNeed, for id: Int64
    ) -> (task: Task<Void, any Error>, words: AsyncStream<String>) {
        let (words, said) = AsyncStream.makeStream(of: String.self)
        let task = Task {
            defer { said.finish() }
            try await desk.reserve(need, for: id) { said.yield($0) }
        }
        return (task, words)
    }

    private func first(_ words: AsyncStream<String>) async -> String? {
        await words.first { _ in true }
    }

    @Test func theSecondWaitsForTheFirstAndIsToldWhatFor() async throws {
        let desk = makeDesk()
        try await desk.reserve(need(3), for: 1) { Issue.record("waits for \($0)") }
        let (task, words) = begin(desk, need(3), for: 2)
        #expect(await first(words) == "3.0 GiB of memory")
        #expect(
            await desk.figures
                == ResourceFigures(
                    memoryBytes: 4 << 30, heldMemoryBytes: 3 << 30, heldScratchBytes: 0, waiting: 1)
        )
        await desk.release(1)
        try await task.value
        #expect(await desk.figures.waiting == 0)
        await desk.release(2)
        #expect(await desk.figures.heldMemoryBytes == 0)
    }

    @Test func oneThatIsCancelledLeavesTheQueue() async throws {
        let desk = makeDesk()
        try await desk.reserve(need(3), for: 1) { _ in }
        let (task, words) = begin(desk, need(3), for: 2)
        #expect(await first(words) != nil)
        task.cancel()
        await #expect(throws: Failure.self) { try await task.value }
        #expect(await desk.figures.waiting == 0)
        // Not held for somebody who has gone.
        await desk.release(2)
        #expect(await desk.figures.heldMemoryBytes == 3 << 30)
    }

    @Test func oneThatWasCancelledBeforeItCameHoldsNothing() async throws {
        let desk = makeDesk()
        let task = Task {
            unsafe withUnsafeCurrentTask { unsafe $0?.cancel() }
            try await desk.reserve(need(1), for: 1) { _ in }
        }
        await #expect(throws: Failure.self) { try await task.value }
        #expect(await desk.figures.heldMemoryBytes == 0)
    }

    @Test func aSettingThatGrowsLetsThemBegin() async throws {
        let desk = makeDesk(memory: 3 << 30)
        try await desk.reserve(need(3), for: 1) { _ in }
        let (task, words) = begin(desk, need(3), for: 2)
        #expect(await first(words) == "3.0 GiB of memory")
        await desk.setMemory(6 << 30)
        try await task.value
    }

    @Test func whatOthersFreeIsSeen() async throws {
        let machine = Machine()
        machine.scratch.withLock { $0 = 100 }
        let desk = makeDesk(recheck: .milliseconds(5), machine)
        try await desk.reserve(need(1, scratch: 80), for: 1) { _ in }
        let (task, words) = begin(desk, need(1, scratch: 80), for: 2)
        #expect(await first(words) == "80 B of scratch space")
        machine.scratch.withLock { $0 = 160 }
        try await task.value
    }
}
