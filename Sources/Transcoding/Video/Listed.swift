import MediaModel
import Planning

/// What a film's playlists list: tracks that were just made and tracks that are published already,
/// in the plan's order.
struct Listed {
    let rungs: [SegmentedTrack]
    let sounds: [SegmentedTrack]
    let captions: [CaptionTrack]
    /// The one that plays by itself; nil for a silent film.
    let mainSound: SegmentedTrack?

    init(
        _ plan: Plan, _ made: [SegmentedTrack], _ madeCaptions: [CaptionTrack], _ index: TrackIndex
    ) {
        func track(_ output: PlannedOutput) -> SegmentedTrack? {
            output.isKept
                ? index.track(output) : made.first { $0.output.name == output.name }
        }
        rungs = (plan.video?.everyRung ?? []).compactMap { track($0.output) }
        let sources = (plan.audio.map { [$0] } ?? []) + plan.otherAudio
        sounds = sources.flatMap(\.segmentedOutputs).compactMap(track)
        mainSound = plan.audio?.segmentedOutputs.first.flatMap(track)
        captions = plan.captions.compactMap { caption in
            caption.output.isKept
                ? index.caption(caption.output)
                : madeCaptions.first { $0.output.name == caption.output.name }
        }
    }
}
