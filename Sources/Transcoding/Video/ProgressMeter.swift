import Foundation

/// Reports how far the film is, by presented time: never backwards, a few times a second.
final class ProgressMeter: @unchecked Sendable {
    private let lock = NSLock()
    private let durationSeconds: Double
    private let events: TranscodingEvents
    private var reported = -1.0
    private var next = ContinuousClock.now

    /// Between two reports.
    private static let interval = Duration.milliseconds(200)
    /// What is left for packaging and verification when the last frame is encoded.
    private static let encodingShare = 0.97

    init(durationSeconds: Double, events: @escaping TranscodingEvents) {
        self.durationSeconds = max(0.001, durationSeconds)
        self.events = events
    }

    /// - Parameter seconds: encoded so far, from the origin.
    func encoded(_ seconds: Double) {
        report("transcode", min(1, max(0, seconds / durationSeconds)) * Self.encodingShare)
    }

    /// The encoders are done.
    func packaging() { report("package", Self.encodingShare, always: true) }

    func finished() { report("package", 1, always: true) }

    private func report(_ stage: String, _ fraction: Double, always: Bool = false) {
        lock.lock()
        let now = ContinuousClock.now
        let isDue = always || (now >= next && fraction > reported)
        if isDue {
            reported = max(reported, fraction)
            next = now + Self.interval
        }
        let value = reported
        lock.unlock()
        if isDue { events(.progress(stage: stage, fraction: value)) }
    }
}
