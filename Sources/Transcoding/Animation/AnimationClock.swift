import Planning

/// How long frames are shown: as the file says, but for the quickest.
struct AnimationClock {
    let shortest: Int
    let replacement: Int

    init(_ plan: AnimationPlan) {
        shortest = plan.shortestDelay
        replacement = plan.replacementDelay
    }

    /// In milliseconds.
    func shown(_ delay: Int) -> Int { delay < shortest ? replacement : delay }
}
