/// A point or span on a media timeline: `value` ticks of `1/timescale` second.
///
/// Timestamps never travel without their base; "no timestamp" is `nil`, never a sentinel.
package struct MediaTime: Codable, Hashable, Sendable {
    /// Ticks; may be negative (material before the presentation starts).
    package var value: Int64
    /// Ticks per second, greater than zero.
    package var timescale: Int32

    package init(value: Int64, timescale: Int32) {
        precondition(timescale > 0, "a timescale is positive")
        self.value = value
        self.timescale = timescale
    }

    /// The nearest time in microseconds to a number of seconds.
    package init(seconds: Double) {
        let ticks = (seconds * 1_000_000).rounded()
        self.init(value: Int64(max(-9e18, min(9e18, ticks))), timescale: 1_000_000)
    }

    /// In seconds.
    package var seconds: Double { Double(value) / Double(timescale) }
}
