package import MediaModel

extension Planner {
    /// Chromium, Firefox and Safari show frames of at most 10 ms for 100 ms: old files say 0 where
    /// they mean "as usual", and libwebp's encoder front ends do the same.
    package static let shortestDelay = 11
    package static let replacementDelay = 100

    /// A WebP of more pixels than this, all frames together, is not even tried for what has neither
    /// transparency nor flat areas: at such lengths prediction over time wins by multiples, and the
    /// attempt would cost as much processor time as everything else.
    private static let longestTriedWebP = 256_000_000

    func planAnimation(
        _ image: ImageInfo, _ animation: AnimationInfo, info: MediaInfo, recipe: Recipe,
        draft: inout PlanDraft
    ) throws(Failure) -> AnimationPlan {
        try checkFrames(image, animation)
        let settings = recipe.animation
        let display = image.displaySize
        let scale = min(
            1, Double(settings.maximumSide) / Double(max(display.width, display.height)))
        let size = PixelSize(
            width: max(1, Int((Double(display.width) * scale).rounded())),
            height: max(1, Int((Double(display.height) * scale).rounded())))
        decideTime(animation, draft: &draft)
        draft.decide(
            "animation size", "\(size)",
            because: scale < 1
                ? "the recipe's longest side is \(settings.maximumSide) pixels"
                : "the source's own size; nothing is upscaled")

        let reader = Self.reader(image, info)
        let common = [
            "reader \(reader)", "coded \(image.codedSize)", "orientation \(image.orientation)",
            "\(size)", "delays \(Self.shortestDelay) \(Self.replacementDelay)",
            "credit \(Fingerprint.digest(draft.source.sidecar.credit))",
        ]
        let choice = AnimationChoice(
            sourceByteCount: info.byteCount,
            prefersWebP: Self.staysFlat(animation, size, of: display))
        return AnimationPlan(
            reader: reader, codedSize: image.codedSize, orientation: image.orientation,
            frameCount: animation.frameCount, plays: animation.plays,
            shortestDelay: Self.shortestDelay, replacementDelay: Self.replacementDelay,
            posterFrame: animation.posterFrame, size: size,
            video: video(size, animation, recipe: recipe, common: common, draft: &draft),
            webp: webp(size, image, animation, recipe: recipe, common: common, draft: &draft),
            choice: choice)
    }

    /// The animation's limits; the probe has applied them to the header already.
    private func checkFrames(_ image: ImageInfo, _ animation: AnimationInfo) throws(Failure) {
        try limits.checkAnimation(frames: animation.frameCount, size: image.codedSize)
    }

    private static func reader(_ image: ImageInfo, _ info: MediaInfo) -> AnimationPlan.Reader {
        switch info.format {
        case "apng": .png
        case "avif", "heic": .track(demuxer: "mov")
        default: .roll(loader: image.loader)
        }
    }

    private func decideTime(_ animation: AnimationInfo, draft: inout PlanDraft) {
        draft.decide(
            "loop", animation.plays == 0 ? "for ever" : "\(animation.plays) ×",
            because: "the file says so")
        if animation.shortestDelay < Self.shortestDelay {
            draft.decide(
                "delays",
                "frames of less than \(Self.shortestDelay) ms last "
                    + "\(Self.replacementDelay) ms",
                because: "the file asks for \(animation.shortestDelay) ms, which browsers show so")
        }
        draft.decide(
            "poster", "frame \(animation.posterFrame)",
            because: animation.posterFrame == 0
                ? "the first frame shows something" : "the frames before show nothing")
    }

    private func video(
        _ size: PixelSize, _ animation: AnimationInfo, recipe: Recipe, common: [String],
        draft: inout PlanDraft
    ) -> AnimationPlan.Video {
        let settings = recipe.animation
        let even = PixelSize(
            width: size.width + size.width % 2, height: size.height + size.height % 2)
        // The level must hold the quickest stretch; nothing caps the rate.
        let quickest = max(Self.shortestDelay, animation.shortestDelay)
        let level = H264Level.smallest(
            size: even, framesPerSecond: 1000 / Double(quickest), maximum: .kilobits(1))
        let reason =
            even == size
            ? "prediction over time makes motion small"
            : "prediction over time makes motion small; \(size) is made even by repeating the edge"
        draft.decide(
            "MP4", "\(even) H.264 High, preset \(settings.preset), CRF \(settings.crf)",
            because: reason)
        return AnimationPlan.Video(
            output: draft.output(
                .animation, "animation.mp4", reason,
                parameters: common + [
                    "libx264", settings.preset, "crf \(settings.crf)", "level \(level)",
                    "matte \(recipe.image.matte)", "\(even)",
                ]),
            size: even, crf: settings.crf, preset: settings.preset, level: level,
            matte: recipe.image.matte, threads: min(cores, 4))
    }

    /// What was made smaller is flat no more: it is kept without loss for no good.
    private static func staysFlat(
        _ animation: AnimationInfo, _ size: PixelSize, of display: PixelSize
    ) -> Bool { animation.isFlat && size == display }

    private func webp(
        _ size: PixelSize, _ image: ImageInfo, _ animation: AnimationInfo, recipe: Recipe,
        common: [String], draft: inout PlanDraft
    ) -> AnimationPlan.WebP? {
        let settings = recipe.animation
        let pixels = size.area * animation.frameCount
        guard image.hasAlpha || animation.isFlat || pixels <= Self.longestTriedWebP else {
            draft.decide(
                "animated WebP", "none",
                because: "opaque, not flat and \(pixels / 1_000_000) megapixels long: "
                    + "the MP4 would win")
            return nil
        }
        let lossless = Self.staysFlat(animation, size, of: image.displaySize)
        let reason =
            lossless
            ? "flat graphics stay lossless; preferred to a smaller MP4, whose colours are half as "
                + "sharp, unless it is larger than the upload"
            : "kept if it is smaller than the MP4, or if the frames turn out to be transparent"
        draft.decide(
            "animated WebP",
            lossless
                ? "lossless, effort \(settings.webpEffort)"
                : "quality \(settings.webpQuality), effort \(settings.webpEffort)",
            because: reason)
        return AnimationPlan.WebP(
            output: draft.output(
                .animation, "animation.webp", reason,
                parameters: common + [
                    lossless ? "lossless" : "q\(settings.webpQuality) mixed",
                    "e\(settings.webpEffort)", "plays \(animation.plays)",
                ]),
            quality: settings.webpQuality, effort: settings.webpEffort, lossless: lossless)
    }

    /// Frames are decoded twice and encoded twice, beside what the stills take.
    func animationBudget(
        _ image: ImageInfo, _ animation: AnimationInfo, _ info: MediaInfo, stills: WorkBudget
    ) -> WorkBudget {
        let pixels = image.codedSize.area * animation.frameCount
        // The slowest part, lossless WebP, does a megapixel per core second here; a tenth of that
        // bounds work that only pretends to progress.
        let deadline = min(7 * 86_400, 300 + stills.deadlineSeconds + pixels / 100_000)
        return WorkBudget(
            deadlineSeconds: deadline, stallSeconds: stills.stallSeconds,
            cpuSeconds: deadline * cores, addressSpaceBytes: limits.transcodeAddressSpace,
            // As for films; a byte per pixel more for what is lossless.
            outputBytes: stills.outputBytes + 4 * info.byteCount + (256 << 20) + Int64(pixels),
            cores: cores)
    }
}

extension Limits {
    /// Refuses an animation of too many frames, or of too many pixels over all of them.
    package func checkAnimation(frames: Int, size: PixelSize) throws(Failure) {
        let uploader = "This animation is too long; up to \(animationFrames) frames "
        if frames > animationFrames {
            throw .limit(
                "animationFrames", "the number of frames", limit: "\(animationFrames)",
                found: "\(frames)", uploader: uploader + "can be processed.")
        }
        let (pixels, overflow) = size.area.multipliedReportingOverflow(by: frames)
        if overflow || pixels > animationPixels {
            throw .limit(
                "animationPixels", "the area of all frames together",
                limit: "\(animationPixels) pixels",
                found: "\(frames) frames of \(size)",
                uploader: uploader + "and \(animationPixels / 1_000_000) megapixels in all can be "
                    + "processed. Please shorten it or make it smaller.")
        }
    }
}
