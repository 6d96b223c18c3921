#if DEBUG
    import Failpoints
    import Foundation
    import TestSupport
    import Testing

    /// The checker is tested by mistakes that a daemon is told to make: each must be found, for its
    /// own reason. `TEST_BUG=manifestFirst`: one of them.
    ///
    /// A forgotten fsync is not among them: from outside a running kernel nobody can see it. It takes a
    /// disk that loses power (`PowerCutTests`). Nor is forgotten fencing: a lease is a minute, and the
    /// simulation of the queue has any number of late holders (`ForgottenFencingTests`).
    @Suite(.serialized)
    struct SeededBugTests {
        /// The fault that brings a mistake to light, and what the checker then has to say.
        private static func trap(for bug: SeededBug) -> (fault: FaultCase, says: String) {
            switch bug {
            case .manifestFirst: (FaultCase(.publishObject, .kill), "size -1")
            case .manifestLate: (FaultCase(.manifest, .stall), "no manifest at")
            case .objectForgotten: (FaultCase(.picture), "size -1")
            case .objectFailureIgnored:
                // The original, the trial of the storage, then the first object.
                (FaultCase(FailpointOrder(.write, .error, passing: 3)), "size -1")
            case .objectCut: (FaultCase(.picture), "off by -1")
            case .objectFlipped: (FaultCase(.picture), "digest differs")
            case .objectInPlace:
                (FaultCase(FailpointOrder(.write, .kill, passing: 3)), "in states [\"failed\"]")
            case .generationForgotten: (FaultCase(.picture), "is not kept as it is visible")
            case .nothingSwept: (FaultCase(.staged, .kill), "left over: originals")
            case .temporaryKept:
                (FaultCase(FailpointOrder(.staged, .error)), "left over: originals")
            case .scratchKept: (FaultCase(.picture), "left over: state/scratch")
            case .claimKept: (FaultCase(.picture), "left over: state/claimed")
            case .claimsForgotten: (FaultCase(.sidecarClaimed, .kill), "in states []")
            case .claimForgottenEarly: (FaultCase(.kept, .kill), "in states []")
            case .sidecarForgotten: (FaultCase(.claimed, .kill), "its sidecar was lost")
            case .originalDropped: (FaultCase(.picture), "its bytes are not kept")
            case .answeredBeforeCommit: (FaultCase(.commit, .stall), "in states []")
            case .deliveredTwice: (FaultCase(.offered, .kill), "processed by 2 jobs")
            case .secondItem: (FaultCase(.offered, .kill), "has items in states")
            case .countedLate: (FaultCase(.attempt, .kill), "its attempts are []")
            case .rescueForgotten: (FaultCase(.attempt, .kill), "has no end: running")
            case .reasonForgotten: (FaultCase(.unusable), "no reason in quarantine")
            case .buryForgotten: (FaultCase(.unusable), "no reason in quarantine")
            case .refusalListedLate: (FaultCase(.quarantined, .kill), "in states []")
            case .eventForgotten: (FaultCase(.picture), "its events end at running")
            case .eventTwice: (FaultCase(.picture), "was running")
            case .workerUnreaped: (FaultCase(.picture), "Z) is left by")
            case .visibleCollected: (FaultCase(.collection), "size -1")
            case .uploadLogged: (FaultCase(.picture), "holds is in the log")
            case .diesOfUpload: (FaultCase(.unusable), "ended by signal")
            case .claimsLate: (FaultCase(.attempt, .kill), "not claimed again within 5 s")
            case .filesUnsynced, .catalogueUnsynced: (FaultCase(.picture), "needs a power cut")
            case .fencingForgotten: (FaultCase(.picture), "needs the simulation")
            }
        }

        private static var bugs: [SeededBug] {
            ProcessInfo.processInfo.environment["TEST_BUG"].map { name in
                SeededBug.allCases.filter { $0.rawValue == name }
            } ?? SeededBug.allCases.filter { !$0.needsPowerCut && !$0.needsLateHolder }
        }

        @Test func theCheckerFindsEverySeededBug() async throws {
            let bugs = Self.bugs
            #expect(!bugs.isEmpty)
            let found = try await withThrowingTaskGroup(of: [(SeededBug, [String])].self) { group in
                for lane in 0..<2 {
                    group.addTask {
                        var found: [(SeededBug, [String])] = []
                        for (index, bug) in bugs.enumerated() where index % 2 == lane {
                            let lane = try await FaultLane("bug-\(bug.rawValue)", bug: bug)
                            let outcome = await lane.play(Self.trap(for: bug).fault, number: 0)
                            found.append((bug, outcome.broken))
                        }
                        return found
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            for (bug, broken) in found {
                let says = Self.trap(for: bug).says
                #expect(
                    broken.contains { $0.contains(says) },
                    "TEST_BUG=\(bug.rawValue) make test FILTER=SeededBugTests: \(broken)")
            }
            print("seeded bugs: \(found.count { !$0.1.isEmpty }) of \(bugs.count) found")
        }
    }
#endif
