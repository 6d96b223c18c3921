import Planning
import TestSupport
import Testing

@testable import Pipeline

/// Who may begin, on plain numbers.
struct ResourceLedgerTests {
    private static let noon = ContinuousClock.now

    private func need(_ memory: Int64, scratch: Int64 = 0) -> ResourceNeed {
        ResourceNeed(memoryBytes: memory, scratchBytes: scratch, reason: "test")
    }

    private func room(
        _ memory: Int64, free: Int64? = nil, scratch: Int64? = nil
    ) -> ResourceLedger.Room {
        .init(memoryBytes: memory, freeMemoryBytes: free, scratchBytes: scratch)
    }

    @Test func whoFitsBesideTheOthersBegins() {
        var ledger = ResourceLedger()
        for id in Int64(1)...3 { ledger.ask(id, for: need(40)) }
        #expect(ledger.grant(room(100), at: Self.noon) == [1, 2])
        #expect(ledger.shortages(room(100), at: Self.noon) == [3: .memory(40)])
        ledger.release(1)
        #expect(ledger.grant(room(100), at: Self.noon) == [3])
        #expect(ledger.heldMemoryBytes == 80)
    }

    @Test func oneAloneAlwaysBegins() {
        var ledger = ResourceLedger()
        ledger.ask(1, for: need(1000, scratch: 1000))
        ledger.ask(2, for: need(1))
        #expect(ledger.grant(room(10, free: 1, scratch: 1), at: Self.noon) == [1])
        #expect(ledger.grant(room(10, free: 1, scratch: 1), at: Self.noon) == [])
        ledger.release(1)
        #expect(ledger.grant(room(10, free: 1, scratch: 1), at: Self.noon) == [2])
    }

    @Test func memoryIsGivenBackBeforeTheScratch() {
        var ledger = ResourceLedger()
        ledger.ask(1, for: need(60, scratch: 60))
        ledger.ask(2, for: need(60, scratch: 10))
        ledger.ask(3, for: need(10, scratch: 60))
        #expect(ledger.grant(room(100, scratch: 100), at: Self.noon) == [1])
        ledger.releaseMemory(1)
        #expect(ledger.grant(room(100, scratch: 100), at: Self.noon) == [2])
        #expect(ledger.shortages(room(100, scratch: 100), at: Self.noon) == [3: .scratch(60)])
        #expect(ledger.heldMemoryBytes == 60 && ledger.heldScratchBytes == 70)
    }

    @Test func twoCannotFillTheDiskTogether() {
        var ledger = ResourceLedger()
        ledger.ask(1, for: need(1, scratch: 60))
        ledger.ask(2, for: need(1, scratch: 60))
        #expect(ledger.grant(room(100, scratch: 100), at: Self.noon) == [1])
        #expect(ledger.shortages(room(100, scratch: 100), at: Self.noon) == [2: .scratch(60)])
        #expect(ledger.grant(room(100, scratch: 120), at: Self.noon) == [2])
    }

    /// A worker that has just begun has not taken its memory yet: the machine still calls it free.
    @Test func whatIsPromisedIsNotFree() {
        var ledger = ResourceLedger()
        ledger.ask(1, for: need(50))
        ledger.ask(2, for: need(50))
        #expect(ledger.grant(room(1000, free: 80), at: Self.noon) == [1])
        let later = Self.noon + ResourceLedger.settling
        #expect(ledger.grant(room(1000, free: 49), at: later) == [])
        #expect(ledger.grant(room(1000, free: 50), at: later) == [2])
    }

    @Test func smallOnesPassALargeOneSoOftenAndNoMore() {
        var ledger = ResourceLedger()
        ledger.ask(0, for: need(60))
        #expect(ledger.grant(room(100), at: Self.noon) == [0])
        ledger.ask(1, for: need(60))
        var passed = 0
        for id in Int64(2)...100 {
            ledger.ask(id, for: need(1))
            guard ledger.grant(room(100), at: Self.noon) == [id] else { break }
            passed += 1
            ledger.release(id)
        }
        #expect(passed == ResourceLedger.patience)
        let shortages = ledger.shortages(room(100), at: Self.noon)
        #expect(shortages[1] == .memory(60) && shortages[Int64(passed) + 2] == .turn)
        ledger.release(0)
        #expect(ledger.grant(room(100), at: Self.noon).first == 1)
    }

    /// Random jobs that come and end in any order: nobody holds more than there is unless alone,
    /// nobody is passed over for ever, and everything ends.
    @Test(arguments: 0..<300) func whateverComesFitsAndEnds(index: Int) {
        let seed = UInt64(7_000_000 + index)
        var random = SplitMix(seed: seed)
        let total = Int64.random(in: 1...1000, using: &random)
        let disk = Int64.random(in: 1...1000, using: &random)
        var ledger = ResourceLedger()
        var needs: [Int64: ResourceNeed] = [:]
        var begun: [Int64] = []
        var running: Set<Int64> = []
        var passedBy: [Int64: Int] = [:]
        var time = Self.noon
        func step() {
            time += .seconds(Int.random(in: 0...30, using: &random))
            let isKnown = Bool.random(using: &random)
            let free = isKnown ? Int64.random(in: 0...1000, using: &random) : nil
            let now = room(total, free: free, scratch: disk)
            let before = ledger.waiting
            let granted = ledger.grant(now, at: time)
            for id in granted {
                for other in before.prefix(while: { $0 != id })
                where ledger.waiting.contains(other) {
                    passedBy[other, default: 0] += 1
                }
            }
            begun += granted
            running.formUnion(granted)
            let memory = running.reduce(0) { $0 + (needs[$1]?.memoryBytes ?? 0) }
            let scratch = running.reduce(0) { $0 + (needs[$1]?.scratchBytes ?? 0) }
            #expect(ledger.heldMemoryBytes == memory && ledger.holderCount == running.count)
            #expect(running.count < 2 || (memory <= total && scratch <= disk), "seed \(seed)")
            #expect(!running.isEmpty || ledger.waiting.isEmpty, "seed \(seed): all wait")
        }
        for id in Int64(1)...60 {
            let one = need(
                .random(in: 0...600, using: &random), scratch: .random(in: 0...600, using: &random))
            needs[id] = one
            ledger.ask(id, for: one)
            step()
            if Int.random(in: 0..<3, using: &random) == 0,
                let ended = running.sorted().randomElement(using: &random)
            {
                running.remove(ended)
                ledger.release(ended)
                step()
            }
        }
        var rounds = 0
        while let ended = running.min() {
            running.remove(ended)
            ledger.release(ended)
            step()
            rounds += 1
            guard rounds <= 60 else { break }
        }
        #expect(begun.count == 60 && Set(begun).count == 60, "seed \(seed)")
        #expect(passedBy.values.allSatisfy { $0 <= ResourceLedger.patience }, "seed \(seed)")
    }
}
