import MediaModel

extension Planner {
    /// Long enough to say what it is, light enough for a page full of cards: 3–6 s, a megabyte.
    static let hoverSeconds = 3.0...6.0
    static let hoverBytes: Int64 = 1_000_000
    /// The box a hover preview is fitted into, as large as cards on a page are.
    private static let hoverBox = PixelSize(width: 480, height: 270)
    /// x264's: seen small and in motion, under a cap that rules anyway.
    private static let hoverCRF = 26.0
    /// Excerpts of a long film, each long enough to see what it is.
    private static let excerptCount = 3
    private static let excerptSeconds = 1.6

    /// - Parameter smallest: the smallest rung, from whose frames the preview is made.
    func planHover(
        smallest: VideoRung, duration: Double, rate: Ratio, picture: PicturePlan, recipe: Recipe,
        draft: inout PlanDraft
    ) -> HoverPlan? {
        guard recipe.video.hover else {
            draft.decide("hover preview", "none", because: "the recipe does not ask for one")
            return nil
        }
        let box =
            smallest.size.height > smallest.size.width
            ? Self.hoverBox.transposed : Self.hoverBox
        let scale = min(
            1, Double(box.width) / Double(smallest.size.width),
            Double(box.height) / Double(smallest.size.height))
        func even(_ length: Int) -> Int { max(2, Int((Double(length) * scale / 2).rounded()) * 2) }
        let size = PixelSize(
            width: even(smallest.size.width), height: even(smallest.size.height))
        let (excerpts, reason) = Self.excerpts(of: duration)
        let seconds = excerpts.reduce(0) { $0 + $1.endSeconds - $1.startSeconds }
        // Motion beyond 30 frames per second is lost at this size; a megabyte is not.
        var step = 1
        while rate.value / Double(step) > 31 { step *= 2 }
        // The rate's buffer holds one second: together they stay below the limit, with a tenth for
        // the container and for what rate control overshoots.
        let bits = Int(Double(Self.hoverBytes) * 8 * 0.9 / (max(seconds, 1) + 1))
        let maximum = Bitrate.kilobits(min(1200, bits / 1000))
        draft.decide("hover preview", "\(size), \(rounded(seconds)) s", because: reason)
        return HoverPlan(
            output: draft.output(
                .hover, "hover", reason,
                parameters: [
                    "\(size)", "\(maximum.bitsPerSecond)", "crf \(Self.hoverCRF)",
                    recipe.video.preset,
                    "step \(step)", Fingerprint.digest(excerpts), Fingerprint.digest(picture),
                ]),
            size: size, excerpts: excerpts, frameStep: step, crf: Self.hoverCRF,
            preset: recipe.video.preset, maximumBitrate: maximum,
            bufferBits: maximum.bitsPerSecond, byteLimit: Self.hoverBytes)
    }

    private static func excerpts(of duration: Double) -> ([TimeSpan], String) {
        if duration <= hoverSeconds.upperBound {
            return ([TimeSpan(startSeconds: 0, endSeconds: duration)], "the whole short film")
        }
        if duration < 4 * excerptSeconds * Double(excerptCount) {
            let start = (duration - 5) / 2
            return (
                [TimeSpan(startSeconds: start, endSeconds: start + 5)],
                "five seconds from the middle"
            )
        }
        let spans = (0..<excerptCount).map { index in
            // At 1/6, 3/6, 5/6: away from titles and credits.
            let middle = duration * (Double(index) + 0.5) / Double(excerptCount)
            return TimeSpan(
                startSeconds: middle - excerptSeconds / 2, endSeconds: middle + excerptSeconds / 2)
        }
        return (spans, "\(excerptCount) excerpts of \(rounded(excerptSeconds)) s")
    }
}
