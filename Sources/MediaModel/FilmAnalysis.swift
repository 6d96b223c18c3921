/// What the picture does over the film's time, for editors, players and warnings.
package struct FilmAnalysis: Codable, Hashable, Sendable {
    /// Longest list: more tells nobody anything, and the manifest stays small.
    package static let mostEntries = 2000

    /// First frames of new shots, in seconds from the start, ascending.
    package var sceneCuts: [Double] = []
    /// Stretches of at least two seconds in which the picture is black.
    package var black: [TimeSpan] = []
    /// Stretches of at least two seconds in which the picture stands still.
    package var frozen: [TimeSpan] = []

    package init() {}
}

/// A stretch of an item's time, in seconds from its start.
package struct TimeSpan: Codable, Hashable, Sendable {
    package var startSeconds: Double
    package var endSeconds: Double

    package init(startSeconds: Double, endSeconds: Double) {
        self.startSeconds = startSeconds
        self.endSeconds = endSeconds
    }
}
