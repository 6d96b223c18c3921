import Foundation
import MediaModel
import TestSupport
import Testing

struct TimestampTests {
    @Test func agreesWithFoundationOnAnyMoment() throws {
        let format = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        var random = SplitMix(seed: 4711)
        for _ in 0..<5000 {
            // Years 0001…9999; ISO 8601's four digits end there.
            let milliseconds = Int64.random(
                in: -62_135_596_800_000...253_402_300_799_999, using: &random)
            let time = Timestamp(millisecondsSince1970: milliseconds)
            let text = time.description
            #expect(Timestamp(text) == time, "seed 4711, \(milliseconds)")
            // Foundation keeps Julian dates before 1582-10-15; from there on it is the judge.
            if milliseconds > -12_219_292_800_000 {
                let date = try format.parse(text)
                #expect(
                    abs(date.timeIntervalSince1970 * 1000 - Double(milliseconds)) < 1,
                    "seed 4711, \(text)")
            }
        }
    }

    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"),
            (-1, "1969-12-31T23:59:59.999Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
            (1_795_450_490_123, "2026-11-23T16:14:50.123Z"),
        ] as [(Int64, String)])
    func knownMomentsReadAsKnown(milliseconds: Int64, text: String) {
        #expect(Timestamp(millisecondsSince1970: milliseconds).description == text)
        #expect(Timestamp(text)?.millisecondsSince1970 == milliseconds)
    }

    @Test func aTimeWithoutFractionIsRead() {
        #expect(Timestamp("2026-11-23T16:14:50Z")?.millisecondsSince1970 == 1_795_450_490_000)
    }

    @Test(arguments: [
        "", "2026-11-23", "2026-11-23T16:14:50", "2026-11-23T16:14:50+01:00",
        "2026-13-23T16:14:50Z", "2026-00-23T16:14:50Z", "2026-11-32T16:14:50Z",
        "2026-02-30T16:14:50Z", "2026-11-23T24:14:50Z", "2026-11-23T16:60:50Z",
        "2026x11x23x16x14x50Z", "2026-11-23T16:14:50.12 Z", "2026-11-23T16:14:50,123Z",
        "２０26-11-23T16:14:50Z",
    ])
    func anythingElseIsNoTime(text: String) {
        #expect(Timestamp(text) == nil)
    }

    @Test func durationsAddAndSubtract() {
        let start = Timestamp(millisecondsSince1970: 1_000)
        let end = start.advanced(by: .milliseconds(1234))
        #expect(end.duration(since: start) == .milliseconds(1234))
        #expect(start.duration(since: end) == .milliseconds(-1234))
        #expect(start < end)
        #expect(start.advanced(by: .milliseconds(-1500)).millisecondsSince1970 == -500)
    }
}
