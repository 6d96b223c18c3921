package import MediaModel

/// What became of the sound.
package struct AudioResult: Sendable {
    /// Renditions and waveform: made, verified, adopted.
    package var artifacts: [Artifact]
    /// The segmented renditions, for playlists; the first is what the progressive file shares.
    package var tracks: [SegmentedTrack]
    /// nil for a track that is not measured.
    package var loudness: Loudness?
    /// nil for a track that is not measured.
    package var waveform: Waveform?
    package var warnings: [MediaWarning]
    /// Of the sound, from the item's origin, in seconds.
    package var durationSeconds: Double

    /// The segments that everything can play; nil when the plan has none.
    package var track: SegmentedTrack? { tracks.first }
}
