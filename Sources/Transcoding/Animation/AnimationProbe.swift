import FFmpeg
import MediaModel
import Planning

/// Looks at the first frames of an animated picture, within the limits that its head was held
/// against: how it moves, which frame can stand for it, whether it is flat.
struct AnimationProbe {
    let descriptor: Int32
    let interrupt: Interrupt

    /// The most frames that are looked at for one with something to see: an animation that fades in
    /// more slowly keeps its first frame.
    static let mostExamined = 100

    /// The most that WebP and GIF can say, in 16 bits. What plays more often is taken to play for ever:
    /// FFmpeg 7 says so in AVIF, by a track as long as 64 bits can tell.
    static let mostPlays = 65_535

    /// - Returns: nil when there are not two frames.
    func examine(_ reader: AnimationPlan.Reader, plays: Int) throws(Failure) -> AnimationInfo? {
        let frames = try AnimationReader.open(
            reader, descriptor: descriptor, interrupt: interrupt)
        let delays = frames.delays
        guard delays.count > 1 else { return nil }
        var info = AnimationInfo(
            frameCount: delays.count, plays: plays > Self.mostPlays ? 0 : plays,
            shortestDelay: max(0, delays.min() ?? 0))
        var first: PictureTraits?
        for index in 0..<min(delays.count, Self.mostExamined) {
            let next: PackedFrame?
            do throws(Failure) {
                next = try frames.next()
            } catch {
                // What is behind damage will be said when it is made.
                guard first != nil, error.kind == .invalidMedia else { throw error }
                next = nil
            }
            guard let frame = next else { break }
            let traits = PictureTraits(frame)
            if first == nil { first = traits }
            if traits.showsSomething {
                info.posterFrame = index
                info.isFlat = traits.isFlat
                return info
            }
        }
        guard let first else { throw AnimationReader.damaged("it has no frame") }
        info.isFlat = first.isFlat
        return info
    }
}
