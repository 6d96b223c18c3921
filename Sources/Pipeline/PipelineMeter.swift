package import MediaModel
import Synchronization

/// Counts what the pipeline does, since the daemon started; read by whoever watches it.
package final class PipelineMeter: Sendable {
    private let state = Mutex(PipelineTotals())

    package init() {}

    package var totals: PipelineTotals { state.withLock { $0 } }

    /// An attempt has ended whose parts took so long.
    package func spent(_ stages: [Stage]) {
        state.withLock { totals in
            for stage in stages {
                // The word comes from a worker, and a label of its own for each word it can think
                // of would be a way to fill a monitoring system.
                let name = PipelineTotals.stages.contains(stage.name) ? stage.name : "other"
                totals.stages[name, default: .init()].add(max(0, stage.seconds))
            }
        }
    }

    /// - Parameter seconds: playing time; nil for what does not play.
    package func published(_ kind: MediaKind, seconds: Double?) {
        state.withLock { totals in
            totals.published[kind, default: 0] += 1
            totals.mediaSeconds[kind, default: 0] += max(0, seconds ?? 0)
        }
    }

    package func ended(_ result: AttemptResult) {
        state.withLock { totals in
            let outcome: PipelineTotals.Outcome =
                switch result {
                case .published: .completed
                case .failed(let failure, _) where failure.kind == .crashed: .crashed
                case .failed: .failed
                case .infrastructureFailed, .syncFailed: .infrastructure
                }
            totals.attempts[outcome, default: 0] += 1
        }
    }
}

/// What the pipeline did since the daemon started.
package struct PipelineTotals: Hashable, Sendable {
    /// How attempts end, as seen by the pipeline.
    package enum Outcome: String, CaseIterable, Sendable {
        case completed, failed, crashed
        /// Storage or the store: no fault of the upload.
        case infrastructure
    }

    /// Everything an attempt goes through; what a worker calls otherwise is `other`.
    package static let stages = [
        "start", "probe", "wait", "fetch", "work", "audio", "still", "animation", "transcode",
        "package",
        "page", "text", "publish", "other",
    ]

    package var stages: [String: Spread] = [:]
    package var published: [MediaKind: Int] = [:]
    package var mediaSeconds: [MediaKind: Double] = [:]
    package var attempts: [Outcome: Int] = [:]

    package init() {}

    /// How durations are spread.
    package struct Spread: Hashable, Sendable {
        /// Upper bounds in seconds: a photograph takes tenths, a film hours.
        package static let bounds: [Double] = [
            0.1, 0.3, 1, 3, 10, 30, 60, 180, 600, 1800, 3600, 10_800,
        ]

        /// How many were at most as long as each bound.
        package private(set) var counts = [Int](repeating: 0, count: bounds.count)
        package private(set) var count = 0
        package private(set) var sum = 0.0

        package init() {}

        package mutating func add(_ seconds: Double) {
            for (index, bound) in Self.bounds.enumerated() where seconds <= bound {
                counts[index] += 1
            }
            count += 1
            sum += seconds
        }
    }
}
