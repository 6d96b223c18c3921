import MediaModel

extension Planner {
    /// FFmpeg's own decoders of VP8 and VP9 pass over the alpha that libvpx decodes.
    func planDecoder(_ video: VideoStreamInfo, draft: inout PlanDraft) -> String? {
        guard video.hasAlpha, let decoder = Self.alphaDecoders[video.codec] else { return nil }
        draft.decide("decoder", decoder, because: "it decodes the alpha plane beside the picture")
        return decoder
    }

    private static let alphaDecoders = ["vp8": "libvpx", "vp9": "libvpx-vp9"]

    /// VP9 in WebM is the one form of transparent film that browsers show without a plug-in; nil
    /// when the film is opaque.
    func planAlpha(
        _ video: VideoStreamInfo, like rung: VideoRung, picture: PicturePlan, recipe: Recipe,
        draft: inout PlanDraft
    ) -> AlphaPlan? {
        guard video.hasAlpha else { return nil }
        draft.decide(
            "transparency", "flattened on black in every H.264 rendition",
            because: "H.264 has no alpha channel")
        guard picture.toneMapPeakNits == nil else {
            draft.warnings.append(
                MediaWarning(
                    code: "alphaFlattened",
                    message: "The film's transparency is flattened on black: it cannot be kept "
                        + "together with high dynamic range."))
            return nil
        }
        let reason = "VP9 with an alpha channel, the size of \(rung.output.name)"
        draft.decide("alpha rendition", "\(rung.size)", because: reason)
        let settings = recipe.video
        return AlphaPlan(
            output: draft.output(
                .rendition, "alpha", reason,
                parameters: [
                    "\(rung.size)", "crf \(settings.alphaCRF)", "key \(settings.segmentSeconds)",
                    Fingerprint.digest(picture),
                ]),
            size: rung.size, crf: settings.alphaCRF, keyFrameSeconds: settings.segmentSeconds)
    }
}
