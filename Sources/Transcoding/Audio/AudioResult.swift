package import MediaModel

/// What became of the sound.
package struct AudioResult: Sendable {
    /// Renditions and waveform: made, verified, adopted.
    package var artifacts: [Artifact]
    /// The AAC segments, for playlists and the progressive file; nil when the plan has none.
    package var track: SegmentedTrack?
    package var loudness: Loudness
    package var waveform: Waveform
    package var warnings: [MediaWarning]
    /// Of the sound, from the item's origin, in seconds.
    package var durationSeconds: Double
}
