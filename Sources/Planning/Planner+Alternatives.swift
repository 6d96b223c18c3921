import MediaModel

extension Planner {
    /// One codec that a recipe may ask for beside H.264.
    private struct Codec {
        var name: String
        var suffix: String
        var encoder: String
        var settings: Recipe.AdditionalCodec
    }

    /// SVT-AV1 takes no picture with a shorter side; nobody gains from another codec there either.
    private static let shortestSide = 64

    /// The rungs that the recipe wants in other codecs as well, of the ladder's own frames.
    ///
    /// - Parameter parameters: what the frames' bytes depend on, for the keys.
    func planAlternatives(
        _ steps: [Ladder.Step], rungs: [VideoRung], parameters: [String], recipe: Recipe,
        draft: inout PlanDraft
    ) -> [AlternativeRung] {
        let codecs = [
            Codec(
                name: "HEVC", suffix: "hevc", encoder: "libx265", settings: recipe.video.hevc),
            Codec(name: "AV1", suffix: "av1", encoder: "libsvtav1", settings: recipe.video.av1),
        ]
        var all: [AlternativeRung] = []
        for codec in codecs {
            var isFirst = true
            for (position, step) in steps.enumerated()
            where codec.settings.heights.contains(step.height) {
                let name = "\(step.name)-\(codec.suffix)"
                guard min(step.size.width, step.size.height) >= Self.shortestSide else {
                    draft.decide(
                        "rung \(name)", "left out",
                        because: "\(step.size) is too small for another codec to matter")
                    continue
                }
                all.append(
                    AlternativeRung(
                        rung: alternative(
                            codec, name, step, isFirst: isFirst, parameters, &draft),
                        position: position))
                isFirst = false
            }
        }
        return all
    }

    private func alternative(
        _ codec: Codec, _ name: String, _ step: Ladder.Step, isFirst: Bool, _ parameters: [String],
        _ draft: inout PlanDraft
    ) -> VideoRung {
        let settings = codec.settings
        let cap = Bitrate(bitsPerSecond: step.maximum.bitsPerSecond / 100 * settings.capPercent)
        let reason = "the recipe wants \(step.height)p in \(codec.name) too"
        draft.decide(
            "rung \(name)",
            "\(step.size) \(codec.name) Main, preset \(settings.preset), CRF \(settings.crf), "
                + "at most \(cap.bitsPerSecond / 1000) kbit/s",
            because: reason)
        return VideoRung(
            output: draft.output(
                .rendition, name, reason,
                parameters: parameters + [
                    codec.encoder, "\(step.size)", settings.preset, "crf \(settings.crf)",
                    "\(cap.bitsPerSecond)",
                ]),
            size: step.size, encoder: codec.encoder, preset: settings.preset, crf: settings.crf,
            maximumBitrate: cap, bufferBits: cap.bitsPerSecond * 2, profile: "main", level: nil,
            // As in the ladder: the largest of a codec is its critical path.
            threads: isFirst ? min(cores, 4) : 1)
    }
}
