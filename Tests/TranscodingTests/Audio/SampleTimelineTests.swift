import Testing

@testable import Transcoding

@Suite struct SampleTimelineTests {
    @Test func aLateStartIsPrecededBySilenceToTheSample() {
        var timeline = SampleTimeline(rate: 48_000, plannedSeconds: 10)
        #expect(timeline.place(at: 7, sampleCount: 1024) == .init(silence: 7, skipped: 0))
        #expect(timeline.count == 1031)
        #expect(timeline.gapCount == 0)
    }

    @Test func soundBeforeTheOriginIsCut() {
        var timeline = SampleTimeline(rate: 48_000, plannedSeconds: 10)
        #expect(timeline.place(at: -1500, sampleCount: 1024) == .init(silence: 0, skipped: 1024))
        #expect(timeline.place(at: -476, sampleCount: 1024) == .init(silence: 0, skipped: 476))
        #expect(timeline.count == 548)
    }

    @Test func jitterIsLeftAloneAndNeverAddsUp() {
        var timeline = SampleTimeline(rate: 48_000, plannedSeconds: 100)
        // Timestamps in whole milliseconds, and a source that runs 0.1 % slow.
        var largest: Int64 = 0
        for index in 0..<2000 {
            let exact = Double(index) * 1024 * 1.001
            let position = Int64((exact / 48).rounded()) * 48
            _ = timeline.place(at: position, sampleCount: 1024)
            largest = max(largest, abs(position + 1024 - timeline.count))
        }
        #expect(largest <= Int64(0.015 * 48_000))
    }

    @Test func gapsAreFilledAndOverlapsCut() {
        var timeline = SampleTimeline(rate: 1000, plannedSeconds: 100)
        _ = timeline.place(at: 0, sampleCount: 100)
        #expect(timeline.place(at: 150, sampleCount: 100) == .init(silence: 50, skipped: 0))
        #expect(timeline.place(at: 220, sampleCount: 100) == .init(silence: 0, skipped: 30))
        #expect(timeline.count == 320)
        #expect(timeline.gapCount == 50)
    }

    @Test func anAbsurdTimestampDoesNotBecomeHoursOfSilence() {
        var timeline = SampleTimeline(rate: 1000, plannedSeconds: 10)
        _ = timeline.place(at: 0, sampleCount: 100)
        #expect(
            timeline.place(at: 90_000_000, sampleCount: 100) == .init(silence: 0, skipped: 0))
        #expect(timeline.place(at: 90_000_100, sampleCount: 100) == .init(silence: 0, skipped: 0))
        #expect(timeline.count == 300)
    }

    @Test func aRestartedTimelineGoesOnWhereItWas() {
        var timeline = SampleTimeline(rate: 1000, plannedSeconds: 10)
        _ = timeline.place(at: 0, sampleCount: 3000)
        #expect(timeline.place(at: 0, sampleCount: 3000) == .init(silence: 0, skipped: 0))
        #expect(timeline.count == 6000)
    }

    @Test func withoutTimestampsSamplesFollowEachOther() {
        var timeline = SampleTimeline(rate: 1000, plannedSeconds: 10)
        _ = timeline.place(at: nil, sampleCount: 100)
        #expect(timeline.place(at: nil, sampleCount: 100) == .init(silence: 0, skipped: 0))
        #expect(timeline.count == 200)
    }
}
