import MediaModel
import Testing

@testable import Pipeline

struct RemainingTimeTests {
    private let start = Timestamp(millisecondsSince1970: 1_000_000)

    private func seconds(at fraction: Double, after milliseconds: Int64) -> Double? {
        RemainingTime(since: start).seconds(
            at: fraction, now: Timestamp(millisecondsSince1970: 1_000_000 + milliseconds))
    }

    @Test func thePaceSoFarTellsTheRest() {
        #expect(seconds(at: 0.25, after: 10_000) == 30)
        #expect(seconds(at: 0.5, after: 10_000) == 10)
        #expect(seconds(at: 1, after: 10_000) == 0)
    }

    @Test func nothingIsPromisedWithoutEvidence() {
        #expect(seconds(at: 0, after: 10_000) == nil)
        #expect(seconds(at: 0.01, after: 10_000) == nil)
        // A clock that was set back.
        #expect(seconds(at: 0.5, after: -5000) == nil)
        #expect(seconds(at: 1.5, after: 5000) == nil)
    }
}
