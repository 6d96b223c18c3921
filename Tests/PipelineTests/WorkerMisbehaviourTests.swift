import Foundation
import MediaModel
import Planning
import TestSupport
import Testing

@testable import Pipeline

/// Whatever happens inside a worker is an attempt that ended. Each of these would hang or kill the
/// test process if the supervision did not hold.
@Suite struct WorkerMisbehaviourTests {
    @Test func segmentationFaultIsACrash() async throws {
        let worker = try FakeWorker("hear(); os.kill(os.getpid(), signal.SIGSEGV); time.sleep(60)")
        let failure = await worker.probeFailure()
        #expect(failure?.kind == .crashed)
        #expect(failure?.operatorText.contains("signal 11") == true)
    }

    @Test func abortIsACrashAndItsLastWordsAreKept() async throws {
        let worker = try FakeWorker(
            #"hear(); os.write(2, b"assertion failed\nforged line"); os.abort()"#)
        let failure = await worker.probeFailure()
        #expect(failure?.kind == .crashed)
        #expect(failure?.operatorText.contains("assertion failed ⏎ forged line") == true)
    }

    @Test func beingKilledFromOutsideIsNoEvidenceAgainstTheUpload() async throws {
        let worker = try FakeWorker("hear(); os.kill(os.getpid(), signal.SIGKILL)")
        #expect(await worker.probeFailure()?.kind == .resources)
    }

    @Test func exitWithoutAWordIsACrash() async throws {
        let worker = try FakeWorker("hear(); os._exit(7)")
        let failure = await worker.probeFailure()
        #expect(failure?.kind == .crashed)
        #expect(failure?.operatorText.contains("code 7") == true)
    }

    @Test func aWorkerThatHangsIsEndedByTheDeadline() async throws {
        let worker = try FakeWorker("hear(); time.sleep(600)")
        var limits = Limits()
        limits.probeSeconds = 1
        #expect(await worker.probeFailure(limits: limits)?.kind == .timeout)
    }

    @Test func aWorkerThatIgnoresSignalsAndLeavesAChildIsEndedWithIt() async throws {
        let worker = try FakeWorker(
            """
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            child = os.fork()
            if child == 0:
                time.sleep(600)
            hear()
            os._exit(1)
            """)
        // The child keeps the socket and standard error open; the attempt must end all the same.
        #expect(await worker.probeFailure()?.kind == .crashed)
    }

    @Test func garbageEndsTheWorker() async throws {
        let worker = try FakeWorker(#"hear(); say("this is no report\n"); time.sleep(600)"#)
        let failure = await worker.probeFailure()
        #expect(failure?.kind == .internalError)
        #expect(failure?.code == "workerGarbage")
        #expect(failure?.operatorText.contains("this is no report") == true)
    }

    @Test func aGigabyteWithoutALineEndIsCutOffEarly() async throws {
        let worker = try FakeWorker(
            """
            hear()
            block = b"x" * (1 << 20)
            for count in range(1024):
                control.sendall(block)
                with open(sys.argv[0] + ".sent", "w") as file:
                    file.write(str(count + 1))
            time.sleep(600)
            """)
        #expect(await worker.probeFailure()?.code == "workerGarbage")
        // It was stopped after what one line may hold and what a socket buffers, in MiB.
        let sent = try? String(contentsOfFile: worker.executable + ".sent", encoding: .utf8)
        #expect(Int(sent ?? "0") ?? 0 <= 16)
    }

    @Test func aGigabyteOfValidReportsIsCutOff() async throws {
        let worker = try FakeWorker(
            """
            hear()
            line = b'{"progress":{"_0":{"stage":"x","fraction":0.5}}}\\n' * 20000
            for _ in range(1024):
                control.sendall(line)
            time.sleep(600)
            """)
        let failure = await worker.probeFailure()
        // The first report out of turn ends it, or the sum of all does.
        #expect(failure?.kind == .internalError)
    }

    @Test func standardErrorIsDrainedWithoutBeingKept() async throws {
        let worker = try FakeWorker(
            """
            hear()
            for _ in range(64):
                os.write(2, b"y" * (1 << 20))
            os._exit(9)
            """)
        let failure = await worker.probeFailure()
        #expect(failure?.operatorText.contains("code 9") == true)
        #expect((failure?.operatorText.utf8.count ?? .max) < 6000)
    }

    @Test func aWorkerThatNeverSaysReadyIsReported() async throws {
        let worker = try FakeWorker("time.sleep(600)", saysReady: false)
        let failure = await worker.probeFailure(patience: .seconds(1))
        #expect(failure?.code == "workerSilent")
    }

    @Test func aMissingExecutableIsAClearError() async throws {
        let worker = try FakeWorker("pass")
        try FileManager.default.removeItem(atPath: worker.executable)
        let failure = await worker.probeFailure()
        #expect(failure?.operatorText.contains(worker.executable) == true)
        #expect(failure?.kind == .resources)
    }

    @Test func memoryIsLimitedFromOutside() async throws {
        let worker = try FakeWorker(
            """
            hear()
            try:
                block = bytearray(3 << 30)
                os._exit(0)
            except MemoryError:
                os._exit(42)
            """)
        var limits = Limits()
        limits.transcodeAddressSpace = 1 << 30
        #expect(await worker.probeFailure(limits: limits)?.operatorText.contains("code 42") == true)
    }

    /// Whatever becomes of the one that others are forked from: a worker is started all the same.
    @Test(arguments: [
        "os._exit(6)",
        "say('nonsense\\n')",
        // Of somebody else: init, and its own.
        #"say('{"forked":{"_0":{"processID":1}}}\n'); hear()"#,
        #"say('{"forked":{"_0":{"processID":%d}}}\n' % os.getpid()); hear()"#,
        #"say('{"failed":{"_0":{"kind":"resources","code":"x","operatorText":"y","uploaderText":"z"}}}\n'); hear()"#,
    ])
    func aZygoteThatFailsCostsNoAttempt(way: String) async throws {
        let worker = try FakeWorker(
            """
            if '--zygote' in sys.argv:
                \(way)
            hear(); os._exit(5)
            """)
        let failure = await worker.probeFailure(forks: true)
        #expect(failure?.operatorText.contains("code 5") == true, "\(String(describing: failure))")
    }
}
