import CLinux
import Failpoints
import Glibc
import MediaModel
import Synchronization
import WorkerProtocol

/// A worker that has loaded every library and takes no upload: workers are forked from it, which
/// spares each the loading.
///
/// All of them share one address layout. Lest an attack learn from one attempt for the next, a zygote
/// is spent with the first worker that crashed, and after some time or number of workers.
/// https://chromium.googlesource.com/chromium/src/+/HEAD/docs/linux/zygote.md
final class WorkerZygote: Sendable {
    /// Workers of one zygote.
    static let workers = 64
    /// Age of a zygote.
    static let age = Duration.seconds(3600)
    /// Until it must have made a worker, which takes it a millisecond.
    static let forkPatience = Duration.seconds(30)
    static let argument = "--zygote"

    let process: WorkerProcess
    /// Its first word, awaited since it was started.
    let readiness: Task<Result<Readiness, Failure>, Never>
    private let patience: Duration
    private let started = ContinuousClock.now
    private let turn = OneAtATime()
    private let left = Mutex(WorkerZygote.workers)

    /// - Parameters:
    ///   - executable: absolute path of `vitrine-worker`.
    ///   - patience: until it must be ready.
    init(
        executable: String, arguments: [String], patience: Duration
    ) throws(Failure) {
        process = try WorkerProcess(
            executable: executable, arguments: arguments + [Self.argument])
        self.patience = patience
        readiness = Task { [process] in await process.firstWord(within: patience) }
    }

    /// Nothing more is forked from it.
    var isSpent: Bool {
        left.withLock { $0 <= 0 } || ContinuousClock.now - started > Self.age || !process.isAlive
    }

    /// Has nothing more forked from it.
    func retire() { left.withLock { $0 = 0 } }

    /// A worker, whose first word is still to come.
    func fork() async throws(Failure) -> WorkerProcess {
        _ = try await readiness.value.get()
        left.withLock { $0 -= 1 }
        let result = await turn.run { () async -> Result<WorkerProcess, Failure> in
            do throws(Failure) { return .success(try await self.forkNow()) } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    /// Ends it, and waits until it has gone; whoever still wants a worker of it gets a failure.
    func end() async {
        process.end(because: .internalError(code: "spare", "the worker is not needed"))
        _ = await readiness.value
        // In its turn: what a process tells has one listener at a time.
        await turn.run { await self.process.drain() }
    }

    private func forkNow() async throws(Failure) -> WorkerProcess {
        #if DEBUG
            if Failpoint.spawn.reach() { throw .workerStart("fork a worker", EAGAIN) }
        #endif
        let pipes = try WorkerPipes()
        do throws(Failure) {
            defer { pipes.closeFarEnds() }
            try process.pass(descriptors: [pipes.farSocket, pipes.farErrors])
            let processID = try await answer()
            #if DEBUG
                Failpoint.spawned.reach()
            #endif
            return WorkerProcess(processID: processID, pipes: pipes)
        } catch {
            pipes.closeNearEnds()
            throw error
        }
    }

    private func answer() async throws(Failure) -> Int32 {
        let limit = min(patience, Self.forkPatience)
        let timer = process.end(after: limit, because: .workerSilent(for: limit))
        defer { timer.cancel() }
        switch await process.next() {
        case .report(.forked(let worker)):
            guard worker.processID != process.processID, clinux_is_child(worker.processID) == 1
            else {
                let failure = Failure.internalError(
                    code: "workerGarbage",
                    "the zygote has made process \(worker.processID), which is no child of the daemon"
                )
                process.end(because: failure)
                throw failure
            }
            // As it does itself, maybe later: whoever learns of it can signal its group.
            _ = setpgid(worker.processID, worker.processID)
            return worker.processID
        case .report(.failed(let failure)): throw failure.tamed
        case .report:
            let failure = Failure.internalError(
                code: "workerGarbage", "the zygote said something that was not asked")
            process.end(because: failure)
            throw failure
        case .ended(let exit):
            // It may have made one before it ended, without having told its number.
            Task { _ = await Children.reapStray() }
            throw exit.failure
        }
    }
}
