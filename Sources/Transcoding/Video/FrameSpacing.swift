import FFmpeg
import MediaModel
import Planning

/// Holds each frame back until the next one tells how long it is shown, and says where segments
/// begin.
struct FrameSpacing {
    /// Frames given out.
    private(set) var count = 0
    /// Where the first frame given out starts, in seconds from the origin.
    private(set) var startSeconds = 0.0
    /// Where the last frame given out ends, in seconds from the origin.
    private(set) var endSeconds = 0.0
    /// Where the film's own last frame ends, before it is held any longer.
    private(set) var ownEndSeconds = 0.0
    /// How long the last frame given out is shown, in seconds.
    private(set) var lastSeconds = 0.0
    private let timeBase: Rational
    private let usual: Int64
    private let end: Int64
    private let heldUntil: Int64?
    private var grid: SegmentGrid
    private var held: Frame?

    /// A last frame is not stretched over a missing rest: at most this long, in ticks.
    private let longestLast: Int64

    /// - Parameter isHeld: whether the last frame is shown until the sound beside it ends.
    init(_ plan: VideoPlan, isHeld: Bool = true) {
        timeBase = FrameTimeline.timeBase(plan)
        let ticks = Double(timeBase.den)
        usual = max(1, Int64((ticks / max(plan.frameRate.value, 0.001)).rounded()))
        end = Int64((plan.durationSeconds * ticks).rounded())
        heldUntil =
            isHeld ? plan.heldUntilSeconds.map { Int64((min($0, 1e6) * ticks).rounded()) } : nil
        longestLast = max(usual * 4, Int64(min(plan.lastFrameSeconds, 1e6) * ticks) + usual)
        grid = SegmentGrid(plan, timeBase: timeBase)
    }

    /// Takes the next frame, gives the one before.
    mutating func next(_ frame: Frame) -> TimedFrame? {
        if frame.timeBase != timeBase, let pts = frame.pts {
            // A deinterlacer counts in half ticks.
            frame.pts = timeBase.rescale(pts, from: frame.timeBase)
            frame.timeBase = timeBase
        }
        guard let pts = frame.pts else { return nil }
        defer { held = frame }
        guard let held, let before = held.pts else { return nil }
        return release(held, duration: max(1, pts - before))
    }

    /// The last one, shown until the film's end; and again in every segment where the plan holds it.
    mutating func last() throws(Failure) -> [TimedFrame] {
        guard let held, var start = held.pts else { return [] }
        self.held = nil
        let duration = lastDuration(from: start)
        ownEndSeconds = Double(start + duration) * timeBase.doubleValue
        guard let heldUntil, heldUntil > start + duration else {
            return [release(held, duration: duration)]
        }
        var frames: [TimedFrame] = []
        do throws(FFmpegError) {
            while start < heldUntil {
                let next = min(grid.nextSegment(after: start), heldUntil)
                let frame = try held.ref()
                frame.pts = start
                var timed = release(frame, duration: next - start)
                timed.isHeld = start != held.pts
                frames.append(timed)
                start = next
            }
        } catch {
            throw Failure(error, while: "holding the last picture")
        }
        return frames
    }

    private func lastDuration(from pts: Int64) -> Int64 {
        let rest = end - pts
        // A single frame is the whole film, however long.
        let isAlone = count == 0
        // Containers round the end as well: a millisecond is no reason to break the cadence.
        if !isAlone, abs(rest - usual) <= Int64(timeBase.den) / 1000 { return usual }
        return rest > 0 && (isAlone || rest <= longestLast) ? rest : usual
    }

    private mutating func release(_ frame: Frame, duration: Int64) -> TimedFrame {
        let pts = frame.pts ?? 0
        frame.duration = duration
        if count == 0 { startSeconds = Double(pts) * timeBase.doubleValue }
        count += 1
        lastSeconds = Double(duration) * timeBase.doubleValue
        endSeconds = Double(pts + duration) * timeBase.doubleValue
        return TimedFrame(frame: frame, startsSegment: grid.startsSegment(at: pts))
    }
}
