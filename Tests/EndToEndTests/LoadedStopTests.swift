import Foundation
import TestSupport
import Testing

/// SIGTERM at random moments of a busy daemon: it stops in time, and nobody pays for it.
@Suite(.serialized)
struct LoadedStopTests {
    /// `TEST_STOPS`, default 3.
    private static let stops =
        ProcessInfo.processInfo.environment["TEST_STOPS"].flatMap { Int($0) } ?? 3
    private static let seed =
        ProcessInfo.processInfo.environment["TEST_SEED"].flatMap { UInt64($0) }
        ?? UInt64(Date().timeIntervalSince1970)
    /// What running jobs are given, in seconds.
    private static let drain = 1

    /// The same picture, film or song with other bytes at its end, which readers skip.
    private static func uploads(_ round: Int) async throws -> [(name: String, data: Data)] {
        let film = Film { $0.frameCount = 60 }
        let still = Still { $0.format = .jpg }
        let song = Song { $0.seconds = 3 }
        var all: [(name: String, data: Data)] = []
        for (kind, file) in [
            ("film", try await film.file()), ("picture", try await still.file()),
            ("song", try await song.file()),
        ] {
            let tail =
                Data([0, 0, 0, 12]) + Data("free".utf8) + Data([0, 0, 0, UInt8(round & 255)])
            all.append(("\(kind)-\(round)", try Data(contentsOf: file) + tail))
        }
        return all
    }

    @Test func aBusyDaemonStopsInTimeAndBurnsNoAttempt() async throws {
        print("stops: \(Self.stops), TEST_SEED=\(Self.seed)")
        var random = SplitMix(seed: Self.seed)
        let site = try Site(
            "stops", ["WORKERS_COUNT": "2", "WORKERS_DRAIN": "\(Self.drain)s"])
        var names: [String] = []
        var slowest = Duration.zero
        for round in 0..<Self.stops {
            try await site.start()
            for upload in try await Self.uploads(round) {
                names.append(try site.upload(upload.data, as: upload.name))
            }
            // A sleep, because the moment of the stop is itself the input: drawn from the seed, at
            // whatever the daemon is doing then. Nothing rests on its length.
            try await Task.sleep(for: .milliseconds(Int.random(in: 20...1500, using: &random)))
            let start = ContinuousClock.now
            #expect(
                try await site.stop(atMost: .seconds(60)) == .exited(0), "TEST_SEED=\(Self.seed)")
            slowest = max(slowest, ContinuousClock.now - start)
        }
        print("stops: the slowest took \(slowest)")
        #expect(slowest < .seconds(Self.drain + 10), "TEST_SEED=\(Self.seed)")

        try await site.start()
        let items = try await site.finished(names, within: .seconds(600))
        for name in names {
            #expect(items[name]?["state"]?.string == "ready", "TEST_SEED=\(Self.seed) \(name)")
        }
        let uploads = names.map { name in
            var expected = Expectation(name, .ready, generation: 1, isAccepted: true)
            expected.countedAttempts = 0...0
            return expected
        }
        #expect(
            try await SiteChecker(site: site).problems(uploads) == [], "TEST_SEED=\(Self.seed)")
        #expect(try await site.stop() == .exited(0))
    }
}
