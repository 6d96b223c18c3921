import JobQueue
import Testing

struct SlotsTests {
    @Test func otherLanesLeaveTheReservedSlot() {
        let slots = Slots(total: 4, runningFresh: 0, runningOthers: 0)
        #expect(slots.free == 4 && slots.freeForOthers == 3)
        let busy = Slots(total: 4, runningFresh: 0, runningOthers: 3)
        #expect(busy.free == 1 && busy.freeForOthers == 0)
    }

    @Test func aFreshJobInTheReservedSlotLeavesTheRestToOthers() {
        let slots = Slots(total: 2, runningFresh: 1, runningOthers: 0)
        #expect(slots.free == 1 && slots.freeForOthers == 1)
    }

    @Test func aSingleSlotServesEveryLane() {
        let slots = Slots(total: 1, runningFresh: 0, runningOthers: 0)
        #expect(slots.free == 1 && slots.freeForOthers == 1)
    }

    @Test func fewerSlotsThanRunningJobsMeansNone() {
        let slots = Slots(total: 2, runningFresh: 2, runningOthers: 1)
        #expect(slots.free == 0 && slots.freeForOthers == 0)
    }
}
