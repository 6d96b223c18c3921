import CFFmpeg

/// A fraction: a time base, a frame rate, an aspect ratio. Wraps AVRational.
///
/// A denominator of zero means "unknown" to FFmpeg; here unknown is `nil` where it can occur.
/// <https://ffmpeg.org/doxygen/5.1/structAVRational.html>
package struct Rational: Hashable, Sendable, Codable, CustomStringConvertible {
    /// The numerator.
    package let num: Int32
    /// The denominator.
    package let den: Int32

    /// A fraction as given; it is not reduced.
    package init(_ num: Int32, _ den: Int32) {
        self.num = num
        self.den = den
    }

    /// FFmpeg's own base of container durations: one microsecond.
    package static let microseconds = Rational(1, 1_000_000)

    /// The value as a number; `nan` or infinite when the denominator is zero.
    package var doubleValue: Double { Double(num) / Double(den) }

    /// Numerator and denominator exchanged: a frame rate becomes the duration of a frame.
    package var inverted: Rational { Rational(den, num) }

    /// "30000/1001".
    package var description: String { "\(num)/\(den)" }

    /// `ticks` of base `from` counted in this base, to the nearest, ties away from zero.
    /// Wraps av_rescale_q. <https://ffmpeg.org/doxygen/5.1/group__lavu__math.html>
    package func rescale(_ ticks: Int64, from base: Rational) -> Int64 {
        av_rescale_q(ticks, base.raw, raw)
    }

    var raw: AVRational { AVRational(num: num, den: den) }

    init(_ raw: AVRational) { self.init(raw.num, raw.den) }

    /// The fraction, or nil when FFmpeg says "unknown" (0/1, 1/0, 0/0).
    init?(known raw: AVRational) {
        guard raw.num != 0, raw.den != 0 else { return nil }
        self.init(raw.num, raw.den)
    }
}

/// A point or length of time with its base; timestamps never travel without it.
package struct Timestamp: Hashable, Sendable, CustomStringConvertible {
    /// The count of `timeBase` units.
    package let ticks: Int64
    /// Seconds per tick.
    package let timeBase: Rational

    /// A time of `ticks` × `timeBase`.
    package init(_ ticks: Int64, _ timeBase: Rational) {
        self.ticks = ticks
        self.timeBase = timeBase
    }

    /// The time in seconds.
    package var seconds: Double { Double(ticks) * timeBase.doubleValue }

    /// The same time, to the nearest tick of another base.
    package func rescaled(to base: Rational) -> Timestamp {
        Timestamp(base.rescale(ticks, from: timeBase), base)
    }

    /// "90000 × 1/90000".
    package var description: String { "\(ticks) × \(timeBase)" }
}

extension Int64 {
    /// A C timestamp as an optional: AV_NOPTS_VALUE is nil.
    var timestamp: Int64? { self == cffmpeg_AV_NOPTS_VALUE ? nil : self }
}

extension Optional where Wrapped == Int64 {
    /// An optional timestamp as C has it: nil is AV_NOPTS_VALUE.
    var rawTimestamp: Int64 { self ?? cffmpeg_AV_NOPTS_VALUE }
}
