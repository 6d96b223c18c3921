import MediaModel
import Planning
import Synchronization
import WorkerProtocol

/// One attempt in one worker process.
final class WorkerSession: MediaSession {
    let readiness: Readiness
    private let process: WorkerProcess
    private let limits: Limits
    private let zygote: WorkerZygote?
    private let exit = Mutex<WorkerExit?>(nil)

    /// - Parameter zygote: what the worker was forked from, which learns how it ended.
    init(
        process: WorkerProcess, readiness: Readiness, limits: Limits, zygote: WorkerZygote? = nil
    ) {
        self.process = process
        self.readiness = readiness
        self.limits = limits
        self.zygote = zygote
    }

    var processID: Int32 { process.processID }

    func probe(_ request: ProbeRequest) async throws(Failure) -> MediaInfo {
        try process.send(.probe(request))
        let deadline = Duration.seconds(request.limits.probeSeconds)
        return try await watched(deadline: deadline, stall: deadline, phase: "probe") {
            () async throws(Failure) -> MediaInfo in
            while true {
                switch await self.process.next() {
                case .report(.probed(var info)):
                    info.warnings = info.warnings.map(\.tamed)
                    return info
                case .report(.failed(let failure)): throw failure.tamed
                case .report(let other): throw self.outOfTurn(other)
                case .ended(let exit): throw self.note(exit)
                }
            }
        }
    }

    func execute(
        _ plan: Plan, within bounds: WorkerBounds, onProgress: @Sendable (Progress) -> Void
    ) async throws(Failure) -> WorkResult {
        let budget = plan.budget
        try process.limit(
            addressSpaceBytes: budget.addressSpaceBytes,
            cpuSeconds: Int64(budget.cpuSeconds) + Int64(limits.probeSeconds),
            fileBytes: budget.outputBytes)
        try process.bound(bounds)
        try process.send(.execute(plan))
        return try await watched(
            deadline: .seconds(budget.deadlineSeconds), stall: .seconds(budget.stallSeconds),
            phase: "execute"
        ) { () async throws(Failure) -> WorkResult in
            var result = WorkResult()
            var furthest = 0.0
            while true {
                switch await self.process.next() {
                case .report(.progress(let progress)):
                    // Tainted: only forward, only numbers.
                    guard progress.fraction.isFinite else { continue }
                    furthest = max(furthest, min(1, max(0, progress.fraction)))
                    onProgress(
                        Progress(stage: progress.stage.bounded(toBytes: 40), fraction: furthest))
                case .report(.placeholder(let placeholder)): result.placeholder = placeholder
                case .report(.loudness(let loudness)): result.loudness = loudness
                case .report(.analysis(let analysis)): result.analysis = analysis
                case .report(.artifact(let artifact)): result.artifacts.append(artifact)
                case .report(.leftOut(let entry)): result.leftOut.append(entry)
                case .report(.warning(let warning)): result.warnings.append(warning.tamed)
                case .report(.finished): return result
                case .report(.failed(let failure)): throw failure.tamed
                case .report(let other): throw self.outOfTurn(other)
                case .ended(let exit): throw self.note(exit)
                }
            }
        }
    }

    func end() async -> WorkUsage {
        process.end(because: .internalError(code: "ended", "the attempt is over"))
        while true {
            if let exit = exit.withLock({ $0 }) { return exit.usage }
            if case .ended(let exit) = await process.next() { _ = note(exit) }
        }
    }

    private func note(_ end: WorkerExit) -> Failure {
        exit.withLock { $0 = end }
        if end.isCrash { zygote?.retire() }
        return end.failure
    }

    private func outOfTurn(_ report: Report) -> Failure {
        .internalError(
            code: "workerOutOfTurn", "the worker said something that was not asked: \(report.name)")
    }

    /// Runs `work` while a watchman ends the worker past the deadline, without progress, or when
    /// the calling task is cancelled. The worker's end is what ends `work`.
    private func watched<Value: Sendable>(
        deadline: Duration, stall: Duration, phase: String,
        _ work: @Sendable () async throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        let watchman = Task { [process] in
            await Watchman(process: process, deadline: deadline, stall: stall, phase: phase).watch()
        }
        defer { watchman.cancel() }
        let result = await withTaskCancellationHandler {
            await Self.result(work)
        } onCancel: {
            process.end(because: .cancelledByDaemon)
        }
        return try result.get()
    }

    private static func result<Value: Sendable>(
        _ work: () async throws(Failure) -> Value
    ) async -> Result<Value, Failure> {
        do { return .success(try await work()) } catch { return .failure(error) }
    }
}

extension Failure {
    /// Marks an end that the daemon itself wanted: a stop, a lost lease, an operator's cancel.
    static let cancelledByDaemon = Failure.internalError(
        code: "cancelledByDaemon", "the attempt was ended by the daemon")

    /// A failure as a worker words it, bounded: the texts are shown and logged.
    var tamed: Failure {
        Failure(
            kind: kind, code: code.bounded(toBytes: 60),
            operatorText: operatorText.bounded(toBytes: 2000),
            uploaderText: uploaderText.bounded(toBytes: 500))
    }
}

extension MediaWarning {
    /// As a worker words it, in a line: what it quotes may be a file's own words.
    var tamed: MediaWarning {
        let line = message.unicodeScalars.map { $0.value < 32 || $0.value == 127 ? " " : $0 }
        return MediaWarning(
            code: code.bounded(toBytes: 60),
            message: String(String.UnicodeScalarView(line)).bounded(toBytes: 4096))
    }
}

extension Report {
    fileprivate var name: String {
        switch self {
        case .ready: "ready"
        case .forked: "forked"
        case .probed: "probed"
        case .progress: "progress"
        case .placeholder: "placeholder"
        case .loudness: "loudness"
        case .analysis: "analysis"
        case .artifact: "artifact"
        case .leftOut: "leftOut"
        case .warning: "warning"
        case .finished: "finished"
        case .failed: "failed"
        }
    }
}
