import MediaModel
import Synchronization

/// Tells the meter how long an attempt was in each of its stages.
final class StageTimer: Sendable {
    private let meter: PipelineMeter
    private let now: @Sendable () -> Timestamp
    private let current: Mutex<(stage: String, since: Timestamp)?>

    /// An attempt begins by looking at its upload.
    init(_ meter: PipelineMeter, now: @escaping @Sendable () -> Timestamp) {
        self.meter = meter
        self.now = now
        current = Mutex(("probe", now()))
    }

    func entered(_ stage: String) { move(to: stage) }

    /// May be called twice.
    func end() { move(to: nil) }

    private func move(to stage: String?) {
        let time = now()
        let left = current.withLock { current -> (stage: String, since: Timestamp)? in
            guard let was = current, was.stage != stage else { return nil }
            current = stage.map { ($0, time) }
            return was
        }
        guard let left else { return }
        meter.left(stage: left.stage, after: time.duration(since: left.since) / .seconds(1))
    }
}
