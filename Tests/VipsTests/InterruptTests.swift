import Synchronization
import Testing
import Vips

@Suite struct InterruptTests {
    init() throws {
        try Runtime.start()
    }

    @Test func aRequestEndsTheWork() throws {
        let seen = Atomic<Int>(0)
        let image = try Image.plain(width: 2_000, height: 20_000, colour: [1, 2, 3])
        let interrupt = Interrupt { percent in _ = seen.max(percent, ordering: .relaxed) }
        interrupt.request()
        #expect(throws: VipsError.self) {
            try image.interruptible(by: interrupt).linear([1.5], [0]).average()
        }
        #expect(seen.load(ordering: .relaxed) < 100)
    }

    @Test func withoutARequestTheWorkReportsItsProgress() throws {
        let seen = Atomic<Int>(0)
        let interrupt = Interrupt { percent in _ = seen.max(percent, ordering: .relaxed) }
        let image = try Image.plain(width: 500, height: 2_000, colour: [1, 2, 3])
            .interruptible(by: interrupt)
        #expect(try image.average() == 2)
        #expect(seen.load(ordering: .relaxed) > 0)
    }
}
