import FFmpeg
import MediaModel

/// Joins the parts of a recording whose clock starts anew in mid-file: transport streams glued end
/// to end, discs whose titles each begin at zero, broadcasts that were interrupted.
///
/// The same idea as the `ffmpeg` program's: when the times of a stream that plays all the time jump
/// back, or far ahead, everything from there on is shifted so that the stream goes on where it was.
/// All streams get the same shift, so they keep together. Pure arithmetic; probe and engine each
/// run one over the same packets and come to the same times.
struct ClockRepair {
    /// Whether anything was joined.
    var hasJoined: Bool { current != 0 }

    private let isApplicable: Bool
    /// In microseconds, added to every time.
    private var current: Int64 = 0
    /// The shift before: a container hands some packets of the old part over after the first of
    /// the new one.
    private var previous: Int64 = 0
    /// Where each stream that plays all the time goes on, shifted, in microseconds.
    private var expected: [Int: Int64] = [:]
    /// The latest of these.
    private var latest = Int64.min

    /// Containers whose clock may start anew; the others have one timeline by definition.
    private static let formats: Set<String> = ["mpegts", "mpeg", "flv"]
    /// A step back by more is a new clock; less is disorder.
    private static let backward: Int64 = 1_000_000
    /// A step ahead by more is a new clock; less is a gap (the threshold of `ffmpeg`).
    private static let forward: Int64 = 10_000_000

    /// - Parameter formatName: libavformat's name of the demuxer.
    init(formatName: String) { isApplicable = Self.formats.contains(formatName) }

    /// Shifts a packet's times; to be called with every packet, in file order.
    ///
    /// - Parameter isContinuous: picture or sound, not text that comes now and then.
    mutating func apply(to packet: Packet, isContinuous: Bool) {
        guard isApplicable else { return }
        let base = packet.timeBase
        if isContinuous, let ticks = packet.dts ?? packet.pts {
            let time = Rational.microseconds.rescale(ticks, from: base)
            follow(packet.streamIndex, time)
            let length = Rational.microseconds.rescale(packet.duration ?? 0, from: base)
            expected[packet.streamIndex] = time + current + length
            latest = max(latest, time + current + length)
        }
        guard current != 0 else { return }
        let shift = base.rescale(current, from: .microseconds)
        packet.pts = packet.pts.map { $0 + shift }
        packet.dts = packet.dts.map { $0 + shift }
    }

    /// Finds the shift that this time is meant with.
    private mutating func follow(_ stream: Int, _ time: Int64) {
        guard let next = expected[stream] else { return }
        func isClose(_ shift: Int64) -> Bool { abs(time + shift - next) <= Self.backward }
        let isLate = !isClose(current) && isClose(previous)
        guard isLate || !isPlausible(time + current, next) else { return }
        let other = isLate || isPlausible(time + previous, next) ? previous : next - time
        previous = current
        current = other
    }

    private func isPlausible(_ time: Int64, _ next: Int64) -> Bool {
        time >= next - Self.backward && time <= max(next, latest) + Self.forward
    }
}
