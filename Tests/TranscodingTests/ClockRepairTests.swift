import FFmpeg
import Testing

@testable import Transcoding

struct ClockRepairTests {
    private static let base = Rational(1, 90_000)

    /// Times in milliseconds through one repair; every packet lasts 40 ms.
    private static func repaired(
        _ packets: [(stream: Int, time: Int64)], format: String = "mpegts", text: Int = 9
    ) -> [Int64] {
        var clock = ClockRepair(formatName: format)
        return packets.map { stream, time in
            let packet = Packet()
            packet.timeBase = base
            packet.streamIndex = stream
            packet.pts = time * 90
            packet.dts = time * 90
            packet.duration = 40 * 90
            clock.apply(to: packet, isContinuous: stream != text)
            return (packet.pts ?? -1) / 90
        }
    }

    @Test func aRestartGoesOnWhereItWas() {
        let found = Self.repaired([(0, 5000), (1, 5000), (0, 5040), (0, 0), (1, 0), (0, 40)])
        #expect(found == [5000, 5000, 5040, 5080, 5080, 5120])
    }

    @Test func packetsOfTheOldPartMayComeLate() {
        let found = Self.repaired([(0, 5000), (1, 5000), (0, 0), (1, 5040), (1, 0), (0, 40)])
        #expect(found == [5000, 5000, 5040, 5040, 5040, 5080])
    }

    @Test func oneAbsurdTimeChangesNothingForTheRest() {
        let found = Self.repaired([(0, 5000), (0, 9_000_000), (0, 5080), (0, 5120)])
        #expect(found == [5000, 5040, 5080, 5120])
    }

    @Test func gapsAndDisorderStay() {
        let times: [(stream: Int, time: Int64)] = [
            (0, 0), (0, 200), (0, 160), (0, 9000), (1, 9000), (0, 18_000), (1, 27_000), (0, 36_000),
        ]
        #expect(Self.repaired(times) == times.map(\.time))
    }

    @Test func textFollowsWithoutLeading() {
        let found = Self.repaired([(0, 60_000), (9, 20_000), (0, 0), (9, 20), (9, 90_000)])
        #expect(found == [60_000, 20_000, 60_040, 60_060, 150_040])
    }

    @Test func otherContainersHaveOneTimeline() {
        let times: [(stream: Int, time: Int64)] = [(0, 5000), (0, 0), (0, 40)]
        #expect(Self.repaired(times, format: "matroska,webm") == times.map(\.time))
    }
}
