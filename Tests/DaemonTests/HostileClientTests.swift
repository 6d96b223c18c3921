import Foundation
import TestSupport
import Testing

/// Two hundred clients that mean no good, with 250 requests a second: half of what this build can
/// answer. `TEST_FRAMES` malformed requests, `TEST_SEED` draws them.
@Suite(.serialized) struct HostileClientTests {
    @Test func anOperatorsStatusComesPromptlyAllTheSame() async throws {
        let environment = ProcessInfo.processInfo.environment
        let frames = environment["TEST_FRAMES"].flatMap { Int($0) } ?? 2000
        let seed =
            environment["TEST_SEED"].flatMap { Int($0) } ?? Int(Date().timeIntervalSince1970)
        let daemon = try await DaemonUnderTest()
        let before = try #require(ProcessStatus(daemon.program.identifier)).residentBytes
        let output = try await Program("python3").run(
            [
                PackageLayout.file("fixtures/hostile-clients.py").path, daemon.socket, "\(frames)",
                "200", "\(seed)", "250",
            ], atMost: .seconds(600))
        let found = try JSONValue(parsing: output)
        let after = try #require(ProcessStatus(daemon.program.identifier)).residentBytes
        print(
            "hostile clients: \(frames) malformed requests of 200 clients, TEST_SEED=\(seed); status "
                + "p99 \(found["p99"]?.double ?? -1) ms of \(found["asked"]?.int ?? 0), memory "
                + "\((after - before) >> 10) KiB more; \(found["answers"] ?? .null)")
        let answers = try #require(found["answers"]?.object)
        #expect(answers.values.compactMap(\.int).reduce(0, +) == frames, "\(answers)")
        // Turned away, or the connection closed; never done, never a fault of ours.
        let known: Set<String> = [
            "left", "400", "404", "405", "409", "411", "413", "414", "415", "422", "431", "501",
            "505",
            "closed",
        ]
        #expect(Set(answers.keys).subtracting(known) == [], "\(answers)")
        #expect(found["asked"]?.int ?? 0 >= 100)
        #expect(found["p99"]?.double ?? .infinity <= 100)
        #expect(after - before <= 8 << 20)
        #expect(try await daemon.ctl("status").termination == .exited(0))
        #expect(try await daemon.stop() == .exited(0))
    }
}
