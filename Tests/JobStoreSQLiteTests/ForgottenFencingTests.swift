#if DEBUG
    import Failpoints
    import Foundation
    import TestSupport
    import Testing

    /// The simulation of the queue is tested by a store that lets late holders write.
    struct ForgottenFencingTests {
        /// In a process of its own, as a mistake is one of a whole process.
        @Test func theSimulationFindsAStoreWithoutFencing() async throws {
            let itself = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
            let environment = ProcessInfo.processInfo.environment.merging(
                [SeededBug.variable: SeededBug.fencingForgotten.rawValue, "VITRINE_SEEDS": "2"]
            ) { $1 }
            let result = try await Program(itself).result(
                ["--testing-library", "swift-testing", "--filter", "JobStoreSimulation"],
                environment: environment)
            #expect(result.termination == .exited(1), "\(result.error.suffix(2000))")
            let said = String(decoding: result.output, as: UTF8.self) + result.error
            #expect(said.contains("a late holder got through"), "\(said.suffix(2000))")
        }
    }
#endif
