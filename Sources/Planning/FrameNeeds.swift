/// What a film's frames are decoded for. Nothing of it, and they are not decoded at all.
package struct FrameNeeds: Hashable, Sendable {
    /// Positions in the plan's `everyRung` that are encoded.
    package let rungs: Set<Int>
    /// Pictures of it, or the placeholder.
    package let poster: Bool
    package let analysis: Bool
    package let storyboard: Bool
    package let hover: Bool
    package let alpha: Bool
    /// Position in the ladder of the smallest size that is scaled to.
    package let smallestRung: Int

    package init(_ plan: Plan, _ video: VideoPlan) {
        rungs = Set(video.everyRung.indices.filter { !video.everyRung[$0].output.isKept })
        poster =
            (video.poster.pictures + video.poster.alternatives).contains { !$0.output.isKept }
            || plan.mustMeasure(.placeholder)
        analysis = plan.mustMeasure(.analysis)
        storyboard = !video.storyboard.output.isKept
        hover = video.hover.map { !$0.output.isKept } ?? false
        alpha = video.alpha.map { !$0.output.isKept } ?? false
        // Small pictures are made of the smallest rung's frames.
        let ladder = video.rungs.indices.filter { !video.rungs[$0].output.isKept }
        let others = video.alternatives.filter { !$0.rung.output.isKept }.map(\.position)
        smallestRung =
            storyboard || hover ? video.rungs.count - 1 : (ladder + others).max() ?? 0
    }

    package var any: Bool { !rungs.isEmpty || poster || analysis || storyboard || hover || alpha }
}
