import Foundation
import Glibc
import MediaModel
import Planning
import TestSupport
import Testing
import WorkerProtocol

@testable import Pipeline

/// A worker can end at any moment, also right before it is told something.
@Suite struct EndedWorkerTests {
    /// The kernel gives the numbers of closed descriptors to whoever opens one next: an operator's
    /// connection was sent a plan.
    @Test func whatWasMeantForAWorkerReachesNobodyElse() async throws {
        let fake = try FakeWorker("os._exit(0)", saysReady: false)
        let process = try WorkerProcess(executable: fake.executable)
        // It waits for descriptors; told to end, it has ended when this returns.
        process.end(because: .internalError(code: "test", "ended by the test"))
        await process.drain()
        var ends: [Int32] = []
        defer { for end in ends { close(end) } }
        for _ in 0..<32 {
            var pair: [Int32] = [-1, -1]
            try #require(
                unsafe socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &pair) == 0)
            ends += pair
        }
        try process.pass(descriptors: [0])
        try process.send(.probe(ProbeRequest(limits: Limits(), fileName: "secret.jpg")))
        for end in ends {
            var byte: UInt8 = 0
            let count = unsafe recv(end, &byte, 1, Int32(MSG_DONTWAIT))
            #expect(count == -1 && errno == EAGAIN, "\(count) bytes came to descriptor \(end)")
        }
    }

    /// What it ended by is what the attempt failed for, not that it could not be told the next thing.
    @Test func anEndBeforeACommandIsTheAttemptsEnd() async throws {
        let fake = try FakeWorker("os.kill(os.getpid(), signal.SIGKILL)")
        let failure = await fake.probeFailure()
        #expect(failure?.kind == .resources, "\(failure?.operatorText ?? "none")")
    }
}
