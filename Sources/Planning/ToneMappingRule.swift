/// How the light of a scene is brought into what a screen shows: a rule, as only the pixels tell how
/// bright the scene is.
///
/// The exposure that the file has is what its maker saw, so it is kept where it can be: only what is
/// further than ``tolerance`` from middle grey is brought up to there. Darker and middle tones then
/// stay as they are; what is brighter than ``knee`` is bent so that the brightest becomes white.
package struct ToneMappingRule: Codable, Hashable, Sendable {
    /// What the average (of logarithms) of a well exposed scene is: a grey card, 18 %.
    package var middleGrey = 0.18
    /// How far the average may be from it, in stops. Two are what night and snow scenes differ by
    /// when they are meant to.
    package var tolerance = 2.0
    /// Light up to which nothing is changed, of 1: a stop below white.
    package var knee = 0.5
    /// Share of the picture that is not brighter than what becomes white: the rest are lamps and
    /// single wild pixels.
    package var whiteShare = 0.999

    package init() {}

    /// For keys: every number that changes pixels.
    var words: String { "tone \(middleGrey) \(tolerance) \(knee) \(whiteShare)" }
}
