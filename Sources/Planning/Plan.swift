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
    /// A still, or an animation's poster.
    package var still: StillPlan?
    /// A song's attached picture; allowed to fail without failing the item.
    package var cover: CoverPlan?
    /// Kept in every derivative that can hold it.
    package var credit: Credit?
    /// Every decision with its reason, in the order it was made.
    package var decisions: [Decision]
    package var warnings: [MediaWarning]

    /// Names and keys of all derivatives, in the order they will be made.
    package var outputs: [PlannedOutput] {
        var all: [PlannedOutput] = []
        if let video {
            all += video.everyRung.map(\.output)
            if let progressive = video.progressive { all.append(progressive.output) }
            all += (video.poster.pictures + video.poster.alternatives).map(\.output)
            all.append(video.storyboard.output)
            if let alpha = video.alpha { all.append(alpha.output) }
            if let hover = video.hover { all.append(hover.output) }
        }
        if let audio {
            all += audio.outputs
        }
        for track in otherAudio { all += track.outputs }
        all += captions.map(\.output)
        if let chapters { all.append(chapters.output) }
        if let animation { all += animation.outputs }
        if let still { all += still.pictures.map(\.output) }
        if let cover { all += cover.pictures.map(\.output) }
        return all
    }
}

/// One derivative as decided: its name, its key, and why.
package struct PlannedOutput: Codable, Hashable, Sendable {
    package var role: Role
    /// Unique in the plan: `video-720p`, `poster-1280.avif`; the stem of the published name.
    package var name: String
    /// Digest of (source, parameters, engine revision).
    package var key: String
    package var reason: String
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
