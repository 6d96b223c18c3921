import MediaModel

extension Planner {
    /// Most tracks of one kind that are carried: every player shows them in one menu.
    static let maximumTracks = 16

    /// The tracks beside the one that plays by itself, each an AAC rendition of its own.
    func planOtherAudio(
        _ info: MediaInfo, origin: Double, main: AudioPlan?, recipe: Recipe,
        draft: inout PlanDraft
    ) throws(Failure) -> [AudioPlan] {
        guard let main, !info.otherAudio.isEmpty else { return [] }
        let carried = info.otherAudio.prefix(Self.maximumTracks - 1)
        if carried.count < info.otherAudio.count {
            draft.warnings.append(
                MediaWarning(
                    code: "tracksLeftOut",
                    message: "\(info.otherAudio.count - carried.count) of "
                        + "\(info.otherAudio.count + 1) sound tracks were left out."))
        }
        let labels = TrackNaming.unique(
            [main.label]
                + carried.enumerated().map { TrackNaming.label($1, number: $0 + 2) })
        var plans: [AudioPlan] = []
        for (position, audio) in carried.enumerated() {
            let label = labels[position + 1]
            draft.decide(
                "sound \(position + 2)", label.name,
                because: "stream \(audio.index) is another track of the film")
            do throws(Failure) {
                plans.append(
                    try planAudio(
                        audio, origin: origin, isFilm: true, hasCover: false,
                        track: (position + 2, label), recipe: recipe, draft: &draft))
            } catch {
                // One bad track more is no reason to lose the film.
                draft.warnings.append(
                    MediaWarning(
                        code: "tracksLeftOut",
                        message: "Sound track \(position + 2) is left out: \(error.operatorText)"))
            }
        }
        return plans
    }
}
