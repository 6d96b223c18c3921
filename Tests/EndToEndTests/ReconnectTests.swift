import Foundation
import TestSupport
import Testing

/// Readers of the event log that outlive a daemon.
struct ReconnectTests {
    @Test func aFollowerMissesNothingAndSeesNothingTwiceOverAKilledDaemon() async throws {
        let site = try Site("reconnect")
        var daemon = try await site.start()
        let follower = try RunningProgram(
            PackageLayout.product("vitrinectl"), ["events", "--follow", "--reconnect", "--json"],
            environment: site.environment)
        for _ in 0..<3 {
            for verb in ["pause", "resume", "pause", "resume"] {
                _ = try await site.ctl("queue", verb)
            }
            daemon.send(SIGKILL)
            _ = try await daemon.wait(atMost: .seconds(10))
            daemon = try await site.start()
        }
        _ = try await site.ctl("queue", "pause")
        func numbers() throws -> [Int] {
            try follower.output.split(separator: UInt8(ascii: "\n")).compactMap {
                try JSONValue(parsing: Data($0))["sequence"]?.int
            }
        }
        let expected = Array(1...13)
        try await Waiting.until("thirteen events", within: .seconds(20)) { () -> Bool? in
            // A line may be half written.
            (try? numbers()) == expected ? true : nil
        }
        follower.send(SIGINT)
        _ = try await follower.wait(atMost: .seconds(5))
        #expect(try numbers() == expected)
        #expect(follower.error.contains("trying again"))
        #expect(try await site.stop() == .exited(0))
    }
}
