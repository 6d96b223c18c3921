#if DEBUG
    import Failpoints
    import Foundation
    import TestSupport
    import Testing

    /// Every failpoint once with every action, or as many as there is time for: promises hold.
    ///
    /// `TEST_FAULTS`: `kill` and what must end the daemon (default) or `all` actions. `TEST_FAULT_SEEDS`: so many rounds more,
    /// each at passings drawn from `TEST_SEED`. `TEST_FAILPOINT=storage.rename=kill:3`: one case.
    @Suite(.serialized)
    struct FailpointTests {
        private static let environment = ProcessInfo.processInfo.environment
        private static let seed =
            environment["TEST_SEED"].flatMap { UInt64($0) }
            ?? UInt64(Date().timeIntervalSince1970)

        private static func cases() throws -> [FaultCase] {
            if let text = environment["TEST_FAILPOINT"] {
                return [FaultCase(try #require(FailpointOrder(text), "\(text) is no case"))]
            }
            let isAll = environment["TEST_FAULTS"] == "all"
            var usual = (isAll ? FailpointAction.allCases : [.kill]).flatMap { action in
                Failpoint.allCases.filter { action != .error || $0.canFail }
                    .map { FaultCase($0, action) }
            }
            // The one failure of a disk that must end the daemon, also in short.
            if !isAll {
                usual += [FaultCase(.syncFile, .error), FaultCase(.syncDirectory, .error)]
            }
            var random = SplitMix(seed: seed)
            let rounds = environment["TEST_FAULT_SEEDS"].flatMap { Int($0) } ?? 0
            return usual
                + (0..<rounds).flatMap { _ in
                    usual.compactMap(\.order).map { order in
                        FaultCase(
                            FailpointOrder(
                                order.point, order.action,
                                passing: Int.random(in: 1...6, using: &random)))
                    }
                }
        }

        @Test func promisesHoldAtEveryFailpoint() async throws {
            let cases = try Self.cases()
            let usual = Set(
                Failpoint.allCases.flatMap { point in
                    FailpointAction.allCases.map { FaultCase(point, $0) }
                })
            print("failpoints: \(cases.count) cases, TEST_SEED=\(Self.seed)")
            // Two sites, so that one waits while the other works; few cases per site, so that the
            // checker stays quick.
            let outcomes = try await withThrowingTaskGroup(of: [FaultLane.Outcome].self) { group in
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
                    outcome.problems + outcome.broken == [],
                    "TEST_FAILPOINT=\(outcome.fault) make test FILTER=FailpointTests")
            }
            // A place that is never passed proves nothing.
            let missed = outcomes.filter { !$0.isReached }.map(\.fault)
            let unexpected = missed.filter { usual.contains($0) }
            #expect(unexpected == [], "never reached")
            let stalls = outcomes.compactMap(\.answeredWhileStalled)
            print(
                "failpoints: \(outcomes.count - missed.count) of \(outcomes.count) reached; not at "
                    + "that passing: \(missed.map(\.description)); \(stalls.count { $0 }) of "
                    + "\(stalls.count) answered their operator while a thread stood still")
        }

        private static func play(
            _ cases: [(offset: Int, element: FaultCase)], lane number: Int
        ) async throws -> [FaultLane.Outcome] {
            var outcomes: [FaultLane.Outcome] = []
            for start in stride(from: 0, to: cases.count, by: 40) {
                let lane = try await FaultLane("failpoints-\(number)-\(start)")
                for (index, fault) in cases[start..<min(start + 40, cases.count)] {
                    outcomes.append(await lane.play(fault, number: index))
                }
            }
            return outcomes
        }
    }
#endif
