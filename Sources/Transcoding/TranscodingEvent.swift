package import MediaModel

/// What the engine says while it works. May be called from any of its threads.
package enum TranscodingEvent: Sendable {
    /// 0…1 by presented time; never goes down.
    case progress(stage: String, fraction: Double)
    case placeholder(Placeholder)
    case loudness(Loudness)
    case analysis(FilmAnalysis)
    /// Made and verified, in scratch under its final name.
    case artifact(Artifact)
    /// Planned, and not worth publishing.
    case leftOut(LeftOut)
    case warning(MediaWarning)
}

/// Receives events; thread-safe, must not block for long.
package typealias TranscodingEvents = @Sendable (TranscodingEvent) -> Void
