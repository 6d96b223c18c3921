import FFmpeg
import MediaModel
import Planning

/// Keeps the one frame that will stand for the film. Memory: two frames.
///
/// To be used by one thread at a time.
final class PosterPicker {
    /// The best so far, and the moment it shows, in seconds from the start.
    private(set) var choice: (frame: Frame, seconds: Double)?
    private var bestScore = -1.0
    private var previous: Frame?
    /// In seconds, ascending.
    private var moments: ArraySlice<Double>
    private let isAsked: Bool

    init(_ plan: PosterPlan) {
        isAsked = plan.atSeconds != nil
        moments = (plan.atSeconds.map { [$0] } ?? plan.candidateSeconds.sorted())[...]
    }

    /// Sees every frame, in order, time in its base.
    func offer(_ frame: Frame) throws(FFmpegError) {
        let seconds = Self.seconds(frame)
        while let moment = moments.first, seconds >= moment {
            moments.removeFirst()
            // The nearer of the two neighbours.
            if let previous, moment - Self.seconds(previous) < seconds - moment {
                try consider(previous)
            } else {
                try consider(frame)
            }
        }
        previous = frame
    }

    /// What was asked for beyond the last frame is the last frame.
    func finish() throws(FFmpegError) {
        if !moments.isEmpty || choice == nil, let previous { try consider(previous) }
        moments = []
        previous = nil
    }

    private func consider(_ frame: Frame) throws(FFmpegError) {
        // A moment that was asked for needs no merit.
        let score = isAsked ? 0 : try PictureScore.of(frame)
        guard score > bestScore else { return }
        bestScore = score
        choice = (frame, Self.seconds(frame))
    }

    private static func seconds(_ frame: Frame) -> Double {
        Double(frame.pts ?? 0) * frame.timeBase.doubleValue
    }
}
