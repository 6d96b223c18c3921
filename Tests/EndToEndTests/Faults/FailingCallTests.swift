#if DEBUG
    import Foundation
    import TestSupport
    import Testing

    /// The N-th call that changes the disk fails, is cut short, or is the daemon's last: promises hold.
    ///
    /// `TEST_CALLS`: so many that fail (default 7), drawn from `TEST_SEED`. `TEST_CALL_KILLS`: `kill -9` at
    /// every so manieth call of a run with a picture (default: at four). `TEST_CALL=picture:37=ENOSPC`: one
    /// case.
    @Suite(.serialized)
    struct FailingCallTests {
        private static let environment = ProcessInfo.processInfo.environment
        private static let seed =
            environment["TEST_SEED"].flatMap { UInt64($0) }
            ?? UInt64(Date().timeIntervalSince1970)
        private static let failures = environment["TEST_CALLS"].flatMap { Int($0) }

        /// Mostly pictures: their runs have everything but a rendition's directory and quarantine.
        private static func errands() -> [Errand] {
            failures == nil ? [.picture] : [.picture, .picture, .film, .unusable, .refused]
        }

        private static func cases(_ counts: [Errand: Int]) throws -> [FailingCall] {
            if let text = environment["TEST_CALL"] {
                return [try #require(FailingCall(text), "\(text) is no case")]
            }
            var random = SplitMix(seed: seed)
            let manners = FailingCall.Manner.allCases.filter { $0 != .kill }
            var cases: [FailingCall] = []
            for index in 0..<(failures ?? 7) {
                let manner = manners[index % manners.count]
                let errand = Self.errands().randomElement(using: &random) ?? .picture
                // Towards the end of a life there may be no write, and nothing to open, any more.
                let parts =
                    [.short, .descriptors, .unreadable, .shortRead].contains(manner) ? 2 : 1
                let last = max(1, (counts[errand] ?? 1) * 9 / 10 / parts)
                cases.append(FailingCall(errand, Int.random(in: 1...last, using: &random), manner))
            }
            let last = (counts[.picture] ?? 1) * 19 / 20
            let every =
                environment["TEST_CALL_KILLS"].flatMap { Int($0) } ?? max(1, last / 4)
            cases += stride(from: every, through: last, by: every).map {
                FailingCall(.picture, $0, .kill)
            }
            return cases
        }

        @Test func promisesHoldWhicheverCallFails() async throws {
            let first = try await FailingCallLane("calls-count")
            var counts: [Errand: Int] = [:]
            for (index, errand) in Set(Self.errands()).enumerated() {
                counts[errand] = try await first.count(errand, number: index)
            }
            #expect(counts.values.allSatisfy { $0 > 100 }, "the library counts: \(counts)")
            let cases = try Self.cases(counts)
            print("failing calls: \(cases.count) cases of \(counts), TEST_SEED=\(Self.seed)")
            let outcomes = try await withThrowingTaskGroup(of: [FailingCallLane.Outcome].self) {
                group in
                for lane in 0..<2 {
                    group.addTask {
                        try await Self.play(
                            cases.enumerated().filter { $0.offset % 2 == lane }, lane: lane)
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            for outcome in outcomes {
                #expect(
                    outcome.problems == [],
                    "TEST_CALL=\(outcome.call) make test FILTER=FailingCallTests")
            }
            let missed = outcomes.filter { !$0.isReached }
            let ends = Dictionary(grouping: outcomes.filter(\.isReached)) { outcome in
                outcome.end.map { "\($0)" } ?? "none"
            }.mapValues(\.count)
            print(
                "failing calls: \(outcomes.count - missed.count) of \(outcomes.count) happened; "
                    + "lives ended \(ends); not: \(missed.map(\.call.description))")
            // One that never fails proves nothing; a life is a few calls shorter or longer each time.
            #expect(missed.count * 20 <= outcomes.count, "never happened: \(missed.map(\.call))")
            #expect(outcomes.contains { $0.workers > 0 }, "no worker was seen")
        }

        private static func play(
            _ cases: [(offset: Int, element: FailingCall)], lane number: Int
        ) async throws -> [FailingCallLane.Outcome] {
            var outcomes: [FailingCallLane.Outcome] = []
            for start in stride(from: 0, to: cases.count, by: 40) {
                let lane = try await FailingCallLane("calls-\(number)-\(start)")
                for (index, call) in cases[start..<min(start + 40, cases.count)] {
                    outcomes.append(await lane.play(call, number: index))
                }
            }
            return outcomes
        }
    }
#endif
