package import MediaModel

/// Everything a worker does for one item, decided: sizes, codecs, colours, names, limits.
///
/// Made by `Planner`, sent to a worker, shown by `vitrinectl item plan`. The worker decides nothing.
package struct Plan: Codable, Hashable, Sendable {
    /// Bumped when the engine would make different bytes from the same numbers.
    package static let engineRevision = 1

    package var engineRevision: Int
    package var recipe: String
    package var recipeDigest: String
    /// What the worker is made of, as far as it decides about bytes.
    package var tools = Toolchain()
    package var kind: MediaKind
    /// The sniffed format the decoder or loader is forced to.
    package var format: String
    /// What the worker may use before it is stopped.
    package var budget: WorkBudget
    /// A film's picture; nil for everything else.
    package var video: VideoPlan?
    /// A film's or song's sound.
    package var audio: AudioPlan?
    /// A film's other tracks: languages, commentary, description.
    package var otherAudio: [AudioPlan] = []
    /// A film's subtitles.
    package var captions: [CaptionPlan] = []
    /// The parts of a film or recording.
    package var chapters: ChapterPlan?
    /// What moves of an animated picture.
    package var animation: AnimationPlan?
    /// An SVG drawing.
    package var drawing: DrawingPlan?
    /// The pages and the text of a document.
    package var document: DocumentPlan?
    /// A still, or an animation's poster.
    package var still: StillPlan?
    /// A song's attached picture; allowed to fail without failing the item.
    package var cover: CoverPlan?
    /// Kept in every derivative that can hold it.
    package var credit: Credit?
    /// What is found out about the item on the way, for the manifest.
    package var measurements: [Measurement] = []
    /// In scratch: what describes the tracks that are published already, for playlists over them and
    /// new ones; nil = none are needed.
    package var trackIndex: String?
    /// Whether the lists of tracks that players start from are written.
    package var makesPlaylists = true
    /// Every decision with its reason, in the order it was made.
    package var decisions: [Decision]
    package var warnings: [MediaWarning]
}

/// One derivative as decided: its name, its key, and why.
package struct PlannedOutput: Codable, Hashable, Sendable {
    package var role: Role
    /// Unique in the plan: `video-720p`, `poster-1280.avif`; the stem of the published name.
    package var name: String
    /// Digest of (source, parameters, engine revision, versions of encoders).
    package var key: String
    package var reason: String
    /// Published already: it is not made again.
    package var isKept = false
    /// Of what is published under this name and kept; nil = nothing is.
    package var keptByteCount: Int64?

    package init(role: Role, name: String, key: String, reason: String) {
        self.role = role
        self.name = name
        self.key = key
        self.reason = reason
    }
}

/// What one attempt may use.
package struct WorkBudget: Codable, Hashable, Sendable {
    /// Longest wall time, in seconds.
    package var deadlineSeconds: Int
    /// Longest time without any progress (timestamps, bytes, processor time), in seconds.
    package var stallSeconds: Int
    /// Processor time, user + system, in seconds.
    package var cpuSeconds: Int
    /// Address space, in bytes.
    package var addressSpaceBytes: Int64
    /// All bytes written to scratch.
    package var outputBytes: Int64
    /// Processor cores the worker may keep busy.
    package var cores: Int
}
