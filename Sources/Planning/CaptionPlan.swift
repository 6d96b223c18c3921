package import MediaModel

/// One subtitle stream as WebVTT.
package struct CaptionPlan: Codable, Hashable, Sendable {
    package enum Kind: String, Codable, Hashable, Sendable {
        /// What is said, for those who do not understand it.
        case subtitles
        /// What is said and heard, for those who cannot hear it.
        case captions
    }

    package var output: PlannedOutput
    package var streamIndex: Int
    /// FFmpeg decoder name.
    package var codec: String
    package var kind: Kind
    package var label: TrackLabel
    /// As in `VideoPlan.originSeconds`.
    package var originSeconds: Double
    /// The item's end, in seconds from the origin: no cue lasts longer.
    package var durationSeconds: Double
}

/// The parts of a film or recording as WebVTT, decided to the last cue.
package struct ChapterPlan: Codable, Hashable, Sendable {
    /// One part.
    package struct Chapter: Codable, Hashable, Sendable {
        /// From the item's origin.
        package var startMilliseconds: Int
        /// After the start.
        package var endMilliseconds: Int
        package var title: String
    }

    package var output: PlannedOutput
    package var chapters: [Chapter]
}
