import FFmpeg
import MediaModel
import Planning

/// Keeps the one frame that will stand for the film, and small copies of the next best.
///
/// Every moment of the plan is judged by its frame's own merit and by what surrounds it: a frame in
/// the middle of a fade or dissolve is no picture of anything. Memory: the best frame, those that
/// wait for what follows them (at most a second's worth of moments), and small pictures.
/// Deterministic. To be used by one thread at a time.
final class PosterPicker {
    /// A frame that was judged.
    struct Candidate {
        var seconds: Double
        /// 0…1.
        var score: Double
        /// At the size of the plan's alternatives.
        var picture: PackedFrame
    }

    /// The best so far, and the moment it shows, in seconds from the start.
    private(set) var choice: (frame: Frame, seconds: Double)?
    private var bestScore = -1.0
    /// Of the last frame that was looked at beside the planned ones, in seconds.
    private var lastLook = -Double.infinity
    /// Best first, none near another.
    private var ranked: [Candidate] = []
    private var previous: (frame: Frame, grid: LumaGrid)?
    private var waiting: [Waiting] = []
    /// What was shown in the last `surroundings`, for the frames that come next.
    private var past: [(seconds: Double, grid: LumaGrid)] = []
    /// In seconds, ascending.
    private var moments: ArraySlice<Double>
    private let isAsked: Bool
    private let alternatives: [Picture]
    private let separation: Double
    private var score: PictureScore?
    private var small: Scaler?

    /// A frame whose surroundings are not known yet.
    private struct Waiting {
        var frame: Frame
        var seconds: Double
        var grid: LumaGrid
        var before: LumaGrid?
    }

    /// How far a fade or dissolve is looked for, in seconds to both sides: they last half a second
    /// to two.
    private static let surroundings = 0.4
    /// A mixture above this is a transition.
    private static let transition = 0.6
    /// What is left of the merit of a frame in a transition: it still beats black.
    private static let transitionWorth = 0.25

    /// Below this merit, other frames than the planned ones are looked at: black has none, a frame in
    /// a fade a little.
    private static let poor = 0.15
    /// Between those, in seconds.
    private static let interval = 0.5
    /// Luma up to which a point is black, and share of such points from which a picture is.
    private static let black: UInt8 = 32
    private static let blackShare = 0.98

    init(_ plan: PosterPlan) {
        isAsked = plan.atSeconds != nil
        moments = (plan.atSeconds.map { [$0] } ?? plan.candidateSeconds.sorted())[...]
        alternatives = plan.alternatives
        separation = plan.separationSeconds
    }

    /// Sees every frame, in order, time in its base.
    func offer(_ frame: Frame, _ grid: LumaGrid) throws(FFmpegError) {
        let seconds = Self.seconds(frame)
        while let moment = moments.first, seconds >= moment {
            moments.removeFirst()
            // The nearer of the two neighbours.
            if let previous, moment - Self.seconds(previous.frame) < seconds - moment {
                consider(previous.frame, previous.grid)
            } else {
                consider(frame, grid)
            }
        }
        if isWorthALook(grid, at: seconds) {
            lastLook = seconds
            consider(frame, grid)
        }
        while let first = waiting.first, seconds >= first.seconds + Self.surroundings {
            waiting.removeFirst()
            try judge(first, after: grid)
        }
        past.append((seconds, grid))
        while past.count > 1, past[1].seconds <= seconds - Self.surroundings { past.removeFirst() }
        previous = (frame, grid)
    }

    /// A film that is black for most of its time may show something between the planned moments only.
    private func isWorthALook(_ grid: LumaGrid, at seconds: Double) -> Bool {
        !isAsked && bestScore < Self.poor && waiting.isEmpty
            && seconds - lastLook >= Self.interval
            && grid.share(atMost: Self.black) < Self.blackShare
    }

    /// What was asked for beyond the last frame is the last frame.
    func finish() throws(FFmpegError) {
        if let previous {
            if waiting.isEmpty, choice == nil || (isAsked && !moments.isEmpty) {
                consider(previous.frame, previous.grid)
            }
            for frame in waiting { try judge(frame, after: previous.grid) }
        }
        waiting = []
        moments = []
        previous = nil
        past = []
    }

    /// The next best, best first, without the choice itself; at most `count`.
    func alternatives(_ count: Int) -> [Candidate] {
        Array(ranked.filter { $0.seconds != choice?.seconds }.prefix(count))
    }

    private func consider(_ frame: Frame, _ grid: LumaGrid) {
        let seconds = Self.seconds(frame)
        guard waiting.last?.seconds != seconds else { return }
        waiting.append(
            Waiting(frame: frame, seconds: seconds, grid: grid, before: past.first?.grid))
    }

    private func judge(_ candidate: Waiting, after: LumaGrid) throws(FFmpegError) {
        let scorer = score ?? PictureScore(like: candidate.frame)
        score = scorer
        var merit = try scorer.of(candidate.frame)
        if let before = candidate.before,
            candidate.grid.isMixture(of: before, and: after) > Self.transition
        {
            merit *= Self.transitionWorth
        }
        // A moment that was asked for needs no merit.
        if isAsked ? choice == nil : merit > bestScore {
            bestScore = merit
            choice = (candidate.frame, candidate.seconds)
        }
        try rank(candidate, merit)
    }

    private func rank(_ candidate: Waiting, _ merit: Double) throws(FFmpegError) {
        guard let size = alternatives.first?.size else { return }
        func isNear(_ other: Candidate) -> Bool {
            abs(other.seconds - candidate.seconds) < separation
        }
        guard !ranked.contains(where: { isNear($0) && $0.score >= merit }) else { return }
        // One more than is published: the choice is among them.
        let most = alternatives.count + 1
        guard ranked.count < most || merit > ranked[most - 1].score else { return }
        ranked.removeAll(where: isNear)
        if small == nil {
            small = Scaler(
                width: size.width, height: size.height, pixelFormat: .rgb24, algorithm: .area)
        }
        guard let pixels = try small?.packedPixels(of: candidate.frame) else { return }
        let entry = Candidate(
            seconds: candidate.seconds, score: merit,
            picture: PackedFrame(width: size.width, height: size.height, pixels: pixels))
        let place = ranked.firstIndex { $0.score < merit } ?? ranked.count
        ranked.insert(entry, at: place)
        if ranked.count > most { ranked.removeLast() }
    }

    private static func seconds(_ frame: Frame) -> Double {
        Double(frame.pts ?? 0) * frame.timeBase.doubleValue
    }
}
