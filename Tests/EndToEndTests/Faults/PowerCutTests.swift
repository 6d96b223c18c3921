#if DEBUG
    import Failpoints
    import Foundation
    import Glibc
    import TestSupport
    import Testing

    /// The disk loses its power at a drawn moment: what the daemon has said is so stays so.
    ///
    /// `TEST_POWER_CUTS`: cuts of each file system (default 2); `TEST_SEED`: their moments.
    @Suite(.serialized, .enabled(if: PowerCutDisk.isPossible, "a loop device needs root"))
    struct PowerCutTests {
        private static let environment = ProcessInfo.processInfo.environment
        private static let cuts = environment["TEST_POWER_CUTS"].flatMap { Int($0) } ?? 2
        private static let seed =
            environment["TEST_SEED"].flatMap { UInt64($0) }
            ?? UInt64(Date().timeIntervalSince1970)

        @Test(arguments: PowerCutDisk.Kind.allCases)
        func nothingThatWasAcknowledgedIsLost(kind: PowerCutDisk.Kind) async throws {
            print("power cuts: \(Self.cuts) of \(kind), TEST_SEED=\(Self.seed)")
            var random = SplitMix(seed: Self.seed)
            let bench = try await PowerCutBench(kind)
            for cut in 0..<Self.cuts {
                try await bench.site.start()
                let names = try await bench.upload(cut)
                // A sleep, because the moment of the cut is itself the input: drawn from the seed, at
                // whatever the daemon is doing then.
                let moment = Int.random(in: 0...2500, using: &random)
                try await Task.sleep(for: .milliseconds(moment))
                let broken = try await bench.cut(expecting: names)
                #expect(
                    broken == [], "cut \(cut) of \(kind) after \(moment) ms, TEST_SEED=\(Self.seed)"
                )
                #expect(try await bench.site.stop() == .exited(0))
            }
            print("power cuts: \(bench.figures)")
        }

        /// It was accepted, and what it was claimed from had not been tidied away: what the uploader never
        /// synced must not come back as an upload of other bytes.
        @Test(arguments: PowerCutDisk.Kind.allCases)
        func anAcceptedUploadDoesNotComeBackAsAnother(kind: PowerCutDisk.Kind) async throws {
            let bench = try await PowerCutBench(kind)
            try await bench.site.start()
            _ = try await bench.site.stop()
            let names = try await bench.upload(0, ["a.png"])
            let daemon = try bench.site.launch([FailpointOrder.variable: "intake.offered=kill"])
            #expect(try await daemon.wait(atMost: .seconds(60)) == .signalled(SIGKILL))
            #expect(try await bench.cut(acknowledged: names) == [])
            #expect(try await bench.site.items().count == 1)
            #expect(try await bench.site.stop() == .exited(0))
        }

        /// A cut is only a proof if it finds what was not synced.
        @Test(arguments: PowerCutDisk.Kind.allCases, SeededBug.allCases.filter(\.needsPowerCut))
        func aForgottenSyncIsFound(kind: PowerCutDisk.Kind, bug: SeededBug) async throws {
            let bench = try await PowerCutBench(kind)
            try await bench.site.start([SeededBug.variable: bug.rawValue])
            let names = try await bench.upload(0)
            try await bench.site.finished(names)
            let broken = try await bench.cut(expecting: names)
            print("power cuts: \(bug) on \(kind): \(broken.count) promises broken")
            #expect(broken != [], "\(bug) on \(kind)")
            await bench.site.kill()
        }
    }
#endif
