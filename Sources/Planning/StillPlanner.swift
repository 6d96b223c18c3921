import MediaModel

extension Planner {
    /// Size of the share image, the Open Graph standard.
    static let shareSize = PixelSize(width: 1200, height: 630)

    /// - Parameter byteCount: of the upload.
    func planStill(
        _ image: ImageInfo, byteCount: Int64, recipe: Recipe, draft: inout PlanDraft
    ) throws(Failure) -> StillPlan {
        let size = image.codedSize
        guard size.width > 0, size.height > 0 else {
            throw Failure(
                kind: .invalidMedia, code: "noPicture",
                operatorText: "the picture declares a size of \(size).",
                uploaderText: "This picture cannot be read.")
        }
        if size.area > limits.stillPixels {
            throw .limit(
                "stillPixels", "the picture's area", limit: "\(limits.stillPixels) pixels",
                found: "\(size.area) pixels (\(size))",
                uploader: "This picture has too many pixels; up to "
                    + "\(limits.stillPixels / 1_000_000) megapixels can be processed.")
        }
        if max(size.width, size.height) > limits.stillSide {
            throw .limit(
                "stillSide", "the longest side", limit: "\(limits.stillSide) pixels",
                found: "\(max(size.width, size.height)) pixels",
                uploader: "This picture is too long or too wide to be processed.")
        }
        let place = decidePlace(of: image, draft: &draft)
        if image.orientation != 1 {
            draft.decide(
                "orientation", "applied to the pixels, then dropped",
                because: "the metadata says orientation \(image.orientation)")
        }
        let color = decideColor(of: image, draft: &draft)
        var image = image
        if let color { image.isWideGamut = color.isWide }
        let toneMapping = decideTone(of: image, draft: &draft)
        if image.animation == nil, image.pageCount > 1 || image.isAnimated {
            let what = image.isAnimated ? "frames" : "pages"
            // Some loaders tell that a picture moves, but not in how many frames.
            let count = image.pageCount > 1 ? "\(image.pageCount)" : "several"
            draft.decide(what, "the first", because: "\(count) \(what) found")
            draft.warnings.append(
                MediaWarning(
                    code: "firstPageOnly",
                    message: "Only the first of \(count) \(what) is shown."))
        }
        let common =
            [
                "loader \(image.loader)", "orientation \(image.orientation)",
                "focal \(Fingerprint.digest(draft.source.sidecar.focalPoint))",
                "credit \(Fingerprint.digest(draft.source.sidecar.credit))",
            ] + place + (color.map { ["colour \(Fingerprint.digest($0))"] } ?? [])
            + (toneMapping.map { [$0.words] } ?? [])
            + (image.animation.map { ["frame \($0.posterFrame)"] } ?? [])
        let pictures = pictureSet(
            role: .image, stem: "image", display: image.displaySize, widths: recipe.image.widths,
            content: Self.content(of: image, isConverted: color != nil), recipe: recipe,
            parameters: common,
            reason: "a width for srcset", draft: &draft)
        let wide = widePictures(
            image, like: pictures, recipe: recipe, parameters: common, draft: &draft)
        let crops = crops(
            display: image.displaySize, recipe: recipe, cards: recipe.image.cards,
            parameters: common, draft: &draft)
        return StillPlan(
            loader: image.loader, codedSize: image.codedSize, orientation: image.orientation,
            hasAlpha: image.hasAlpha, window: image.window, page: image.page, color: color,
            toneMapping: toneMapping, pictures: pictures + wide + crops,
            choice: PictureChoice(sourceByteCount: byteCount),
            tiles: planTiles(
                image, recipe: recipe, parameters: common, draft: &draft))
    }

    /// What the header tells of the pixels.
    private static func content(of image: ImageInfo, isConverted: Bool) -> PictureContent {
        var content = PictureContent(hasAlpha: image.hasAlpha, isGraphic: false)
        if image.isGraphic {
            content.isGraphic = true
        } else if !["jpegload_source", "heifload_source"].contains(image.loader) {
            // Those two are for photographs; what else there is holds drawings as well.
            content.isGraphic = nil
        }
        // sRGB, upright, at its own size: what browsers show as it is.
        let isPlain =
            image.orientation == 1 && image.window == nil && image.page == 0 && image.bitDepth <= 8
            && ["srgb", "b-w"].contains(image.interpretation) && image.animation == nil
            && !isConverted
            && (!image.hasProfile || image.profileDescription?.hasPrefix("sRGB") == true)
        if isPlain {
            content.webReady = ["jpegload_source": .jpeg, "pngload_source": .png][image.loader]
        }
        return content
    }

    /// What the numbers of the picture mean, and why.
    /// - Returns: nil where the embedded profile says it, or nothing has to be done.
    private func decideColor(of image: ImageInfo, draft: inout PlanDraft) -> PlannedColor? {
        if let gainMap = image.gainMap {
            draft.decide(
                "dynamic range", "standard: the base picture",
                because: "a gain map (\(gainMap.rawValue)) for HDR displays lies beside it")
        }
        let usual =
            image.hasProfile
            ? "converted with the embedded profile"
                + (image.profileDescription.map { " (\($0))" } ?? "")
            : "no profile is embedded; \(image.interpretation) is assumed"
        guard let signalled = image.color else {
            draft.decide("colour", "sRGB", because: usual)
            return nil
        }
        let answer = StillColorRule.resolve(signalled, hasProfile: image.hasProfile)
        if let warning = answer.warning { draft.warnings.append(warning) }
        draft.decide(
            "colour", "sRGB",
            because: answer.color == nil && image.hasProfile
                ? "\(usual); \(answer.reason)" : answer.reason)
        return answer.color
    }

    /// Which part of the upload is the picture, and why.
    /// - Returns: what of it goes into the keys; nothing for the usual case, the whole upload.
    private func decidePlace(of image: ImageInfo, draft: inout PlanDraft) -> [String] {
        var parameters: [String] = []
        if let window = image.window {
            let sensor = image.sensorSize.map { " of the sensor's \($0)" } ?? ""
            draft.decide(
                "picture", "the embedded preview, \(image.codedSize)\(sensor)",
                because: "camera RAW is not developed here; this is the largest preview in it")
            parameters.append("window \(window.offset)+\(window.length)")
        }
        if image.page > 0 {
            draft.decide(
                "page", "\(image.page + 1)",
                because: "what comes before it is marked as a reduced version of another page")
            parameters.append("page \(image.page)")
        }
        return parameters
    }

    /// How light becomes brightness, where the picture holds light.
    private func decideTone(of image: ImageInfo, draft: inout PlanDraft) -> ToneMappingRule? {
        guard image.isSceneLinear else { return nil }
        let rule = ToneMappingRule()
        draft.decide(
            "tone", "light up to \(rule.knee) as it is, what is brighter rolled off to white",
            because: "the file holds linear light; its exposure is kept where the average is "
                + "within \(rule.tolerance) stops of middle grey (\(rule.middleGrey)), else brought "
                + "there, and \(rule.whiteShare * 100) % of the picture is not brighter than white")
        return rule
    }

    func planCover(stream: Int, recipe: Recipe, draft: inout PlanDraft) -> CoverPlan {
        draft.decide(
            "cover", "stream \(stream)", because: "the recording carries an attached picture")
        let bound = 1280
        let pictures = pictureSet(
            role: .cover, stem: "cover", display: PixelSize(width: bound, height: bound),
            widths: [320, 640, bound], content: .photographic, recipe: recipe,
            parameters: ["stream \(stream)"], reason: "the recording's cover", draft: &draft)
        let share = crops(
            display: PixelSize(width: 100_000, height: 100_000), recipe: recipe, cards: false,
            parameters: ["cover \(stream)"], draft: &draft)
        return CoverPlan(streamIndex: stream, pictures: pictures + share)
    }

    /// The share image and the cards: JPEG crops, with nothing in them enlarged.
    func crops(
        display: PixelSize, recipe: Recipe, cards: Bool, parameters: [String],
        draft: inout PlanDraft
    ) -> [Picture] {
        let focal = draft.source.sidecar.focalPoint
        let cropped =
            focal == nil ? "cropped to what attracts attention" : "cropped to the focal point"
        var wanted: [(Role, String, PixelSize)] = [(.share, "share", Self.shareSize)]
        if cards {
            wanted += [
                (.card, "card-1x1", PixelSize(width: 640, height: 640)),
                (.card, "card-4x5", PixelSize(width: 640, height: 800)),
                (.card, "card-16x9", PixelSize(width: 640, height: 360)),
            ]
        }
        return wanted.map { role, name, target in
            let (size, framing) = Framing.fitting(target, display: display, focalPoint: focal)
            var how = cropped
            var numbers = ["\(size)"]
            if let mounted = framing.mounted {
                how = "\(mounted) of it on the matte, as a crop of \(display) would show too little"
                draft.decide(name, "\(mounted) on the matte", because: "it is long and thin")
                numbers.append("mounted \(mounted)")
            }
            return Picture(
                output: draft.output(
                    role, name, how,
                    parameters: parameters + numbers + [
                        "q\(recipe.image.jpegQuality)", "matte \(recipe.image.matte)",
                    ]),
                size: size, fit: .crop(framing), format: .jpeg,
                quality: recipe.image.jpegQuality, effort: 0, lossless: false,
                matte: recipe.image.matte)
        }
    }
}
