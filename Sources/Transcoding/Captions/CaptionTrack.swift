package import MediaModel
package import Planning

/// A published text track, for playlists.
package struct CaptionTrack: Codable, Hashable, Sendable {
    package var output: PlannedOutput
    package var kind: CaptionPlan.Kind
    package var label: TrackLabel
    /// Last moment of the item, in seconds from the origin.
    package var durationSeconds: Double
    /// The WebVTT file.
    package var file: ArtifactFile
    /// A media playlist of that one file, for HLS.
    package var playlist: ArtifactFile

    /// What is published: the WebVTT file, with its playlist as a companion.
    package var artifact: Artifact {
        var description = DerivativeDescription(
            role: output.role, name: output.name, mediaType: WebVTT.mediaType, key: output.key,
            reason: output.reason)
        description.durationSeconds = durationSeconds
        description.language = label.language
        description.title = label.name
        return Artifact(description: description, file: file, companions: [playlist])
    }
}
