import Foundation
import Glibc
import MediaModel
import Testing

@testable import Pipeline

/// An operator's `nice` and the unit's `Nice=` are for workers first of all: they do the work.
@Suite struct WorkerPriorityTests {
    private static let process = __priority_which_t(PRIO_PROCESS.rawValue)

    /// libdispatch gives its threads other priorities than the process has.
    @Test(.enabled(if: geteuid() == 0, "only root may be less nice again"))
    func aWorkerIsAsNiceAsTheProcessAndNotAsWhoStartedIt() async throws {
        let fake = try FakeWorker("hear()")
        let process = try await withCheckedThrowingContinuation { started in
            Thread {
                // The calling thread alone.
                setpriority(Self.process, 0, 7)
                started.resume(with: Result { try WorkerProcess(executable: fake.executable) })
            }.start()
        }
        #expect(
            getpriority(Self.process, id_t(process.processID))
                == getpriority(Self.process, id_t(getpid())))
        process.end(because: .internalError(code: "test", "ended by the test"))
        await process.drain()
    }
}
