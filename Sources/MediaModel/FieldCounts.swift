/// What the pictures themselves say about fields, whatever the stream's tags claim, over a few dozen
/// examined frames.
package struct FieldCounts: Codable, Hashable, Sendable {
    /// Frames in which enough moves to tell.
    package var moving = 0
    /// … of those, frames in which lines that move comb: their fields are two moments.
    package var combed = 0
    /// … of those, frames that fit the cycle of 3:2 pulldown: two combed, three whole.
    package var inPulldownCycle = 0
    /// Frames whose top, or bottom, field is the earlier one (FFmpeg's `idet`).
    package var topFirst = 0
    package var bottomFirst = 0

    package init() {}
}
