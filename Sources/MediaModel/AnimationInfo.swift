/// How a picture moves, as its frames say.
package struct AnimationInfo: Codable, Hashable, Sendable {
    /// At least 2.
    package var frameCount: Int
    /// How often it plays; 0 for ever.
    package var plays: Int
    /// The time of the quickest frame as it is written, in milliseconds.
    package var shortestDelay: Int
    /// Index of the first frame with something to see, from 0.
    package var posterFrame: Int
    /// Whether that frame consists of areas of one colour (pixel art, diagrams): of its pixels at
    /// least ``flatShare`` equal their neighbour.
    package var isFlat: Bool

    /// Measured on GIFs: 0.09 to 0.42 in films, whatever the dithering; 0.81 to 0.99 in terminals,
    /// drawings, test pictures and pixel art.
    package static let flatShare = 0.6

    package init(
        frameCount: Int, plays: Int = 0, shortestDelay: Int = 100, posterFrame: Int = 0,
        isFlat: Bool = false
    ) {
        self.frameCount = frameCount
        self.plays = plays
        self.shortestDelay = shortestDelay
        self.posterFrame = posterFrame
        self.isFlat = isFlat
    }
}
