import Testing

@testable import Transcoding

struct EditStartTests {
    private static func edit(_ mediaTime: Int64, _ offsets: [(Int64, Int64)] = []) -> EditStart {
        EditStart(
            timescale: 1000, mediaTimes: [mediaTime], durations: [(100, 40)],
            offsets: offsets.map { (count: $0.0, value: $0.1) })
    }

    @Test func anEditBetweenFramesNeedsNothing() {
        #expect(Self.edit(0).delaySeconds == 0)
        #expect(Self.edit(80).delaySeconds == 0)
    }

    @Test func anEditInsideOfAFrameWaitsForTheNext() {
        #expect(Self.edit(50).delaySeconds == 0.03)
    }

    /// Shown at 0, 160, 80, 40, 120 …: the order of decoding is not that of showing.
    @Test func reorderedFramesAreTakenInTheirOrderOfShowing() {
        let pattern: [(Int64, Int64)] = [(1, 0), (1, 120), (1, 0), (1, -80), (1, -40)]
        #expect(Self.edit(45, pattern).delaySeconds == 0.035)
    }

    @Test func damageIsNoDelay() {
        #expect(Self.edit(5_000).delaySeconds == 0)
        var absurd = Self.edit(7)
        absurd.durations = [(4_294_967_295, 0)]
        #expect(absurd.delaySeconds == 0)
        absurd.durations = [(10, .max)]
        #expect(absurd.delaySeconds == 0)
        absurd.timescale = 0
        #expect(absurd.delaySeconds == 0)
    }

    @Test func severalEditsAreLeftToTheDemuxer() {
        var edit = Self.edit(50)
        edit.mediaTimes.append(90)
        #expect(edit.delaySeconds == 0)
    }
}
