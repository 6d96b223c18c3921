import MediaModel

extension Planner {
    func planVideo(
        _ video: VideoStreamInfo, origin: Double, end: Double, recipe: Recipe,
        draft: inout PlanDraft
    ) throws(Failure) -> VideoPlan {
        let display = video.displaySize
        let duration = max(video.endSeconds - origin, 0.001)
        try checkVideoLimits(video, seconds: max(duration, end - origin))
        let picture = planPicture(video, draft: &draft)
        let cadence = planCadence(video, picture, recipe: recipe, draft: &draft)
        let settings = recipe.video

        let (steps, pruned) = Ladder.steps(
            display: display, exact: video.exactDisplaySize, framesPerSecond: cadence.rate.value,
            rungs: settings.rungs)
        draft.decisions += pruned
        let held = planLastPicture(
            duration: duration, end: end - origin, segment: settings.segmentSeconds, draft: &draft)
        let toneMap = picture.toneMapPeakNits.map { "tone-mapped from \($0)" } ?? "sdr"
        let common =
            [
                settings.preset, "crf \(settings.crf)", "segment \(settings.segmentSeconds)",
                "step \(cadence.step)", "spacing \(cadence.spacing)", toneMap,
                Fingerprint.digest(picture),
            ] + (held.map { ["held until \($0)"] } ?? [])
        let rungs = steps.enumerated().map { position, step in
            let level = H264Level.smallest(
                size: step.size, framesPerSecond: cadence.fastest, maximum: step.maximum)
            draft.decide(
                "rung \(step.name)",
                "\(step.size) H.264 High \(level / 10).\(level % 10), CRF \(settings.crf), "
                    + "at most \(step.maximum.bitsPerSecond / 1000) kbit/s",
                because: step.reason)
            return VideoRung(
                output: draft.output(
                    .rendition, step.name, step.reason,
                    parameters: common + ["\(step.size)", "\(step.maximum.bitsPerSecond)"]),
                size: step.size, encoder: "libx264", preset: settings.preset, crf: settings.crf,
                maximumBitrate: step.maximum,
                // Two seconds of the cap, as the benchmark's baseline has it.
                bufferBits: step.maximum.bitsPerSecond * 2,
                profile: "high", level: level,
                // The top rung is the critical path on few cores.
                threads: position == 0 ? min(cores, 4) : 1)
        }
        let alternatives = planAlternatives(
            steps, rungs: rungs, parameters: common, recipe: recipe, draft: &draft)
        let progressive = planProgressive(rungs, recipe: recipe, draft: &draft)
        return VideoPlan(
            streamIndex: video.index, codec: video.codec,
            decoder: planDecoder(video, draft: &draft), originSeconds: origin,
            delaySeconds: video.delaySeconds, durationSeconds: duration,
            lastFrameSeconds: video.lastFrameSeconds, heldUntilSeconds: held,
            frameCount: video.frameCount,
            picture: picture,
            frameStep: cadence.step, minimumSpacingSeconds: cadence.spacing,
            frameRate: cadence.rate,
            sourceFrameRate: video.frameRate ?? Ratio(1, 1),
            segmentSeconds: settings.segmentSeconds, rungs: rungs, alternatives: alternatives,
            progressive: progressive,
            poster: planPoster(
                top: rungs[0].size, duration: duration, picture: picture, recipe: recipe,
                draft: &draft),
            storyboard: planStoryboard(
                display: display, duration: duration, end: end - origin, picture: picture,
                recipe: recipe, draft: &draft),
            hover: planHover(
                smallest: rungs[rungs.count - 1], duration: duration, rate: cadence.rate,
                picture: picture, recipe: recipe, draft: &draft),
            alpha: planAlpha(
                video, like: rungs.first { $0.output.name == progressive?.rung } ?? rungs[0],
                picture: picture, recipe: recipe, draft: &draft))
    }

    /// Players of segments load picture and sound side by side: where the sound goes on for long and no
    /// picture comes, they wait for one. A picture for a song is the usual case.
    ///
    /// - Returns: until when the last picture is shown; nil = as long as it is.
    private func planLastPicture(
        duration: Double, end: Double, segment: Double, draft: inout PlanDraft
    ) -> Double? {
        guard end - duration > segment else { return nil }
        func seconds(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }
        draft.decide(
            "last picture", "shown until \(seconds(end)) s",
            because: "the sound goes on for \(seconds(end - duration)) s after the picture, and "
                + "players wait for one in every segment")
        return end
    }

    /// - Parameter seconds: from the item's origin to its end, whatever stream that is of.
    private func checkVideoLimits(
        _ video: VideoStreamInfo, seconds: Double
    ) throws(Failure) {
        let size = video.codedSize
        guard size.width > 0, size.height > 0 else {
            throw Failure(
                kind: .invalidMedia, code: "noPicture",
                operatorText: "the video stream \(video.index) declares a size of \(size).",
                uploaderText: "The picture of this film cannot be read.")
        }
        let side = max(size.width, size.height, video.displaySize.width, video.displaySize.height)
        if side > limits.videoSide {
            throw .limit(
                "videoSide", "the longest side of the picture", limit: "\(limits.videoSide) pixels",
                found: "\(side) pixels",
                uploader: "This film's picture is too large; up to 8K can be processed.")
        }
        if size.area > limits.videoPixels {
            throw .limit(
                "videoPixels", "the picture's area", limit: "\(limits.videoPixels) pixels",
                found: "\(size.area) pixels",
                uploader: "This film's picture is too large; up to 8K can be processed.")
        }
        if seconds > limits.durationSeconds {
            throw .limit(
                "durationSeconds", "the duration", limit: "\(Int(limits.durationSeconds)) s",
                found: "\(Int(min(seconds, 1e15))) s",
                uploader: "This film is longer than can be processed.")
        }
    }

    private func planCadence(
        _ video: VideoStreamInfo, _ picture: PicturePlan, recipe: Recipe, draft: inout PlanDraft
    ) -> (rate: Ratio, step: Int, spacing: Double, fastest: Double) {
        let rate = video.frameRate ?? Ratio(1, 1)
        if picture.fields == .inverseTelecine {
            // Five frames of video hold four of the film.
            let result = Ratio(rate.numerator * 4, rate.denominator * 5).reduced
            draft.decide(
                "cadence", "\(rounded(result.value)) frames per second",
                because: "the film behind the 3:2 pulldown runs at that rate")
            return (result, 1, 0, result.value)
        }
        // Clocks jitter: frames a little closer than the rate allows are kept.
        let tolerated = 0.9
        var step = 1
        while rate.value / Double(step) > recipe.video.maximumFrameRate * 1.01 { step *= 2 }
        let result = Ratio(rate.numerator, rate.denominator * step).reduced
        // No camera or screen runs this fast: the file's clock is wrong, and it is believed.
        if rate.value > 300 {
            draft.warnings.append(
                MediaWarning(
                    code: "absurdFrameRate",
                    message: "The film says it runs at \(rounded(rate.value)) frames per second; "
                        + "one in \(step) is shown."))
        }
        draft.decide(
            "cadence",
            step == 1
                ? "every frame at its own time" : "every \(step)th frame at its own time",
            because: video.isVariableFrameRate
                ? "the source's frame durations vary; its timestamps are kept"
                : step == 1
                    ? "the source runs at \(rounded(rate.value)) frames per second"
                    : "the source runs at \(rounded(rate.value)) frames per second, above the "
                        + "recipe's \(rounded(recipe.video.maximumFrameRate))")
        guard video.isVariableFrameRate, let nominal = video.nominalFrameRate?.value else {
            return (
                result, step, step > 1 ? tolerated * Double(step) / rate.value : 0, result.value
            )
        }
        let maximum = recipe.video.maximumFrameRate
        let isFast = nominal > maximum * 1.01
        if isFast, step == 1 {
            draft.decide(
                "fast parts", "at most \(rounded(maximum)) frames per second",
                because: "parts of the film run at \(rounded(nominal))")
        }
        let spacing = step > 1 || isFast ? tolerated / maximum : 0
        return (result, step, spacing, max(result.value, min(nominal, maximum)))
    }

    private func planPicture(
        _ video: VideoStreamInfo, draft: inout PlanDraft
    ) -> PicturePlan {
        let (color, decision) = ColorRule.resolve(
            video.color, size: video.codedSize, pixelFormat: video.pixelFormat)
        draft.decisions.append(decision)
        let fields = FieldRule.judge(video)
        if let reason = fields.reason {
            let choice =
                switch fields.treatment {
                case .none: "left alone"
                case .deinterlace: "deinterlaced (bwdif)"
                case .inverseTelecine: "the film's own frames restored (fieldmatch, decimate)"
                }
            draft.decide("fields", choice, because: reason)
        }
        if video.rotation != 0 || video.isMirrored {
            draft.decide(
                "orientation",
                "turned by \(video.rotation)°" + (video.isMirrored ? ", mirrored" : ""),
                because: "the container's display matrix says so")
        }
        if let clean = video.cleanAperture {
            draft.decide(
                "clean aperture", "\(clean.size) at \(clean.x),\(clean.y)",
                because: "the container says that the rest of \(video.codedSize) is not to be seen")
        }
        if video.sampleAspectRatio.value != 1 {
            let ratio = video.sampleAspectRatio
            draft.decide(
                "sample aspect", "square pixels, \(video.displaySize)",
                because: "the source's are \(ratio.numerator):\(ratio.denominator)")
        }
        if color.isHighDynamicRange {
            draft.decide(
                "dynamic range", "tone-mapped to BT.709 SDR",
                because: "the source is \(color.transfer ?? "") at \(Int(color.peakNits ?? 0)) nits"
            )
        }
        return PicturePlan(
            codedSize: video.codedSize, crop: video.cleanAperture, fields: fields.treatment,
            topFieldFirst: fields.topFieldFirst,
            rotation: video.rotation, isMirrored: video.isMirrored, color: color,
            toneMapPeakNits: color.isHighDynamicRange ? color.peakNits : nil)
    }

    private func planProgressive(
        _ rungs: [VideoRung], recipe: Recipe, draft: inout PlanDraft
    ) -> ProgressivePlan? {
        let wanted = recipe.video.progressiveHeight
        let shortSides = rungs.map { min($0.size.width, $0.size.height) }
        let position = shortSides.firstIndex { $0 <= wanted } ?? rungs.count - 1
        let rung = rungs[position]
        let reason = "one file for embeds, sharing the encode of \(rung.output.name)"
        draft.decide("progressive MP4", rung.output.name, because: reason)
        return ProgressivePlan(
            output: draft.output(.rendition, "mp4", reason, parameters: [rung.output.key]),
            rung: rung.output.name)
    }

    private func planPoster(
        top: PixelSize, duration: Double, picture: PicturePlan, recipe: Recipe,
        draft: inout PlanDraft
    ) -> PosterPlan {
        let asked = draft.source.sidecar.posterTime.map { min(max(0, $0), duration) }
        draft.decide(
            "poster", asked.map { "the frame at \(rounded($0)) s" } ?? "the most telling candidate",
            because: asked == nil ? "the sidecar names no moment" : "the sidecar asks for it")
        // Enough to fall between the fades of any film, few enough to cost nothing; away from the
        // fades at both ends.
        let count = max(1, min(48, Int(duration / 0.25)))
        let candidates = (0..<count).map { index in
            duration * (0.03 + 0.94 * (Double(index) + 0.5) / Double(count))
        }
        let pictures = pictureSet(
            role: .poster, stem: "poster", display: top, widths: recipe.video.posterWidths,
            content: .photographic, recipe: recipe,
            parameters: [Fingerprint.digest(picture), "at \(asked.map { "\($0)" } ?? "chosen")"],
            reason: "stands for the film", draft: &draft)
        let crops = crops(
            display: top, recipe: recipe, cards: recipe.image.cards,
            parameters: [Fingerprint.digest(picture), "poster"], draft: &draft)
        return PosterPlan(
            atSeconds: asked, candidateSeconds: candidates, pictures: pictures + crops,
            alternatives: alternatives(top: top, picture: picture, recipe: recipe, draft: &draft),
            // A tenth of the film: four pictures that differ.
            separationSeconds: duration / 10)
    }

    /// Small pictures of other moments, for whoever wants to choose (`posterTime` of the sidecar).
    private func alternatives(
        top: PixelSize, picture: PicturePlan, recipe: Recipe, draft: inout PlanDraft
    ) -> [Picture] {
        let settings = recipe.image
        let width = min(640, top.width)
        let size = PixelSize(
            width: width,
            height: max(1, Int((Double(width) / top.aspectRatio).rounded())))
        let count = recipe.video.posterAlternatives
        draft.decide(
            "poster alternatives", "up to \(count), \(size)",
            because: "the next best moments, for whoever chooses another")
        return (0..<max(0, count)).map { index in
            let name = "poster-alternative-\(index + 1)"
            return Picture(
                output: draft.output(
                    .candidate, name, "one of the next best moments",
                    parameters: [
                        "\(size)", "q\(settings.jpegQuality)", Fingerprint.digest(picture),
                        "of \(count)",
                    ]),
                size: size, fit: .inside, format: .jpeg, quality: settings.jpegQuality, effort: 0,
                lossless: false, matte: settings.matte)
        }
    }

    private func planStoryboard(
        display: PixelSize, duration: Double, end: Double, picture: PicturePlan, recipe: Recipe,
        draft: inout PlanDraft
    ) -> StoryboardPlan {
        let settings = recipe.video.storyboard
        let interval = max(
            settings.minimumInterval, duration / Double(settings.maximumTiles))
        let count = max(1, Int((duration / interval).rounded(.up)))
        let scale = min(
            1, Double(settings.tileSide) / Double(max(display.width, display.height)))
        let tile = PixelSize(
            width: max(2, Int((Double(display.width) * scale / 2).rounded()) * 2),
            height: max(2, Int((Double(display.height) * scale / 2).rounded()) * 2))
        let reason =
            count == 1
            ? "one tile is enough for \(rounded(duration)) s"
            : "\(count) tiles, one every \(rounded(interval)) s, cover \(rounded(duration)) s"
        draft.decide("storyboard", "\(tile) tiles", because: reason)
        return StoryboardPlan(
            output: draft.output(
                .storyboard, "storyboard", reason,
                parameters: [
                    "\(tile)", "\(interval)", "\(settings.columns)x\(settings.rows)",
                    "q\(settings.quality)", Fingerprint.digest(picture),
                ]),
            tileSize: tile, columns: settings.columns, rows: settings.rows,
            intervalSeconds: interval, tileCount: count, quality: settings.quality,
            endSeconds: end)
    }
}

/// Two decimals at most, for reasons and names.
func rounded(_ value: Double) -> String {
    let hundredths = (value * 100).rounded()
    guard abs(hundredths) < 1e15 else { return "\(value)" }
    let whole = Int(hundredths)
    let fraction = abs(whole % 100)
    let sign = whole < 0 && whole > -100 ? "-" : ""
    if fraction == 0 { return "\(sign)\(whole / 100)" }
    let digits = fraction < 10 ? "0\(fraction)" : "\(fraction)"
    return "\(sign)\(whole / 100).\(digits.hasSuffix("0") ? String(digits.dropLast()) : digits)"
}
