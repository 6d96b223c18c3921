import Foundation
import TestSupport
import Testing

/// Uploads that crash their worker among good ones: each has two attempts, and the others hardly
/// wait for it.
///
/// `TEST_POISON`: so many among twenty times as many (default 1, of 20). From 5 on time is measured too:
/// against the same good uploads alone, the quietest of up to three turns of each.
@Suite(.serialized)
struct PoisonTests {
    private static let poison =
        ProcessInfo.processInfo.environment["TEST_POISON"].flatMap { Int($0) } ?? 1
    private static let seed =
        ProcessInfo.processInfo.environment["TEST_SEED"].flatMap { UInt64($0) }
        ?? UInt64(Date().timeIntervalSince1970)

    @Test func poisonIsQuarantinedAndTheOthersHardlyWait() async throws {
        print("poison: \(Self.poison) among \(20 * Self.poison), TEST_SEED=\(Self.seed)")
        var random = SplitMix(seed: Self.seed)
        let good = (0..<(19 * Self.poison)).map { "good-\($0).png" }
        let mixed = (good + (0..<Self.poison).map { "segfault-\($0).png" })
            .shuffled(using: &random)
        var (alone, among) = (Duration.seconds(86_400), Duration.seconds(86_400))
        // Other work on the machine only ever adds.
        for turn in 1...3 {
            alone = min(alone, try await time(good, good))
            among = min(among, try await time(mixed, good))
            let ratio = among.seconds / alone.seconds
            print("poison: turn \(turn): \(alone) alone, \(among) among, ratio \(ratio)")
            if Self.poison < 5 || ratio <= 1.1 { break }
        }
        if Self.poison >= 5 {
            #expect(among.seconds <= 1.1 * alone.seconds, "TEST_SEED=\(Self.seed)")
        }
    }

    /// From the first upload until the good ones are done.
    private func time(_ names: [String], _ good: [String]) async throws -> Duration {
        let site = try await Site.misbehaving(["WORKERS_COUNT": "2", "INBOX_SETTLE": "0s"])
        let daemon = try await site.start()
        let picture = try await Data(
            contentsOf: Still {
                $0.width = 320; $0.height = 240; $0.format = .png
            }.file())
        // All at once, so that intake is no part of it.
        #expect(try await site.ctl("queue", "pause").termination == .exited(0))
        for name in names { try site.upload(picture + Data(name.utf8), as: name) }
        try await Waiting.until("all in the queue", within: .seconds(120)) {
            try await site.jobs().count == names.count ? true : nil
        }
        let start = ContinuousClock.now
        #expect(try await site.ctl("queue", "resume").termination == .exited(0))
        try await site.finished(good, within: .seconds(1200))
        let took = ContinuousClock.now - start
        let expectations = names.map { name in
            let isGood = name.hasPrefix("good")
            var expected = Expectation(name, isGood ? .ready : .failed, isAccepted: true)
            expected.generation = isGood ? 1 : nil
            expected.countedAttempts = isGood ? 0...0 : 1...2
            return expected
        }
        try await site.finished(names, within: .seconds(120))
        #expect(try await SiteChecker(site: site).problems(expectations) == [])
        #expect(daemon.isRunning)
        #expect(try await site.stop() == .exited(0))
        return took
    }
}
