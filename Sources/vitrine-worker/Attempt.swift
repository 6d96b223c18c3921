import CLinux
import Dispatch
import Glibc
import MediaModel
import Synchronization
import Transcoding
import WorkerProtocol

/// Answers commands, one after the other, on the main thread.
final class Attempt: Sendable {
    private let channel: ControlChannel
    private let engine: Result<Engine, Failure>
    private let commands = Mutex<[Command]>([])
    private let arrived = DispatchSemaphore(value: 0)

    /// - Parameter engine: or why nothing may be worked on, which is the answer to any command.
    init(channel: ControlChannel, engine: Result<Engine, Failure>) {
        self.channel = channel
        self.engine = engine
    }

    func run() -> Never {
        channel.listen { [self] command in
            commands.withLock { $0.append(command) }
            arrived.signal()
        }
        while true {
            arrived.wait()
            guard let command = commands.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) else {
                continue
            }
            do {
                let engine = try engine.get()
                switch command {
                case .probe(let request):
                    channel.send(
                        .probed(
                            try engine.probe(limits: request.limits, fileName: request.fileName)))
                case .execute(let plan):
                    try engine.execute(plan) { [channel] event in channel.send(Report(event)) }
                    channel.send(.finished(Self.usage()))
                    exit(0)
                }
            } catch {
                channel.send(.failed(error))
                exit(0)
            }
        }
    }

    private static func usage() -> Summary {
        var cpu: Int64 = 0
        var peak: Int64 = 0
        unsafe clinux_self_usage(&cpu, &peak)
        return Summary(cpuSeconds: Double(cpu) / 1_000_000, peakResidentBytes: peak * 1024)
    }
}

extension Report {
    init(_ event: TranscodingEvent) {
        self =
            switch event {
            case .progress(let stage, let fraction):
                .progress(Progress(stage: stage, fraction: fraction))
            case .placeholder(let placeholder): .placeholder(placeholder)
            case .loudness(let loudness): .loudness(loudness)
            case .analysis(let analysis): .analysis(analysis)
            case .artifact(let artifact): .artifact(artifact)
            case .leftOut(let entry): .leftOut(entry)
            case .warning(let warning): .warning(warning)
            }
    }
}
