package import MediaModel

/// What a film became, beside the artifacts that were already handed over.
package struct VideoResult: Sendable {
    /// The ladder, largest first, then the same sizes in other codecs.
    package var tracks: [SegmentedTrack]
    /// nil for a silent film.
    package var audio: SegmentedTrack?
    package var loudness: Loudness?
    /// All warnings, as they were also sent.
    package var warnings: [MediaWarning]
    /// Frames in every rung.
    package var frameCount: Int
    /// End of the picture, in seconds from the origin.
    package var durationSeconds: Double
}
