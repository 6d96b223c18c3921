import MediaModel

/// What is known of a picture's content before it is decoded.
struct PictureContent {
    /// Whether there may be transparency; whether there is, only its pixels tell.
    var hasAlpha: Bool
    /// Flat graphics; nil where only the pixels tell.
    var isGraphic: Bool?
    /// The form it has, if browsers show the upload itself as it should look.
    var webReady: Picture.Format?

    /// Frames of films, covers of songs.
    static let photographic = PictureContent(hasAlpha: false, isGraphic: false)
}

extension Planner {
    /// A way to write a picture.
    private struct Form {
        var format: Picture.Format
        var lossless: Bool
        var condition: Picture.Condition?

        /// Of names: two forms of one format must not share theirs.
        var suffix: String { lossless && format == .webp && condition != nil ? "-lossless" : "" }
    }

    /// Every width up to the source's, in every form that may turn out to suit; largest first.
    func pictureSet(
        role: Role, stem: String, display: PixelSize, widths: [Int], content: PictureContent,
        recipe: Recipe, parameters: [String], reason: String, draft: inout PlanDraft
    ) -> [Picture] {
        let largest = widths.max() ?? display.width
        // Widths below the source, and the source's own width when it is below the largest.
        let usable =
            Set(widths.filter { $0 < display.width } + [min(display.width, largest)])
            .sorted(by: >)
        draft.decide(
            "\(stem) widths", usable.map(String.init).joined(separator: ", "),
            because: display.width < largest
                ? "the source is \(display.width) pixels wide; nothing is upscaled"
                : "the recipe's widths")
        let sizes = usable.map { width in
            let height = max(
                1, Int((Double(width) * Double(display.height) / Double(display.width)).rounded()))
            return PixelSize(width: width, height: height)
        }
        let all = forms(of: content, stem: stem, recipe: recipe, draft: &draft)
        // Browsers take the first format they can show: without the largest size, it would hide that.
        let forms = all.filter { form in sizes.first.map(form.format.holds) ?? true }
        if let largest = sizes.first, forms.count < all.count {
            draft.decide(
                "\(stem) long side", Self.names(forms),
                because: "a picture of \(largest) is more than the other formats hold")
        }
        return sizes.flatMap { size -> [Picture] in
            forms.map { form in
                var picture = picture(
                    form, size, role: role, stem: stem, recipe: recipe,
                    keepsUpload: size == display && form.format == content.webReady,
                    parameters: parameters, reason: reason, draft: draft)
                picture.condition = form.condition
                return picture
            }
        }
    }

    /// The same widths once more with all of the source's colours, for screens that show them.
    func widePictures(
        _ image: ImageInfo, like pictures: [Picture], recipe: Recipe, parameters: [String],
        draft: inout PlanDraft
    ) -> [Picture] {
        guard image.isWideGamut, image.animation == nil, recipe.image.wideGamut,
            recipe.image.formats.contains(.avif),
            pictures.allSatisfy({ Picture.Format.avif.holds($0.size) })
        else { return [] }
        draft.decide(
            "wide gamut", "Display P3 as AVIF, if some colour needs it",
            because: "its colours go beyond sRGB's")
        var sizes: [PixelSize] = []
        for picture in pictures where !sizes.contains(picture.size) { sizes.append(picture.size) }
        return sizes.map { size in
            var picture = picture(
                Form(format: .avif, lossless: false, condition: .wide), size, role: .image,
                stem: "image-p3", recipe: recipe, keepsUpload: false,
                parameters: parameters + ["p3"], reason: "a width for srcset, in Display P3",
                draft: draft)
            picture.condition = .wide
            picture.gamut = .displayP3
            return picture
        }
    }

    private func forms(
        of content: PictureContent, stem: String, recipe: Recipe, draft: inout PlanDraft
    ) -> [Form] {
        let wanted = Set(recipe.image.formats)
        var forms: [Form] = []
        let reason: String
        switch content.isGraphic {
        case true:
            // Of flat graphics AVIF's lossless form is larger than WebP's, and its lossy one blurs.
            reason = "flat graphics stay lossless"
            if wanted.contains(.webp) { forms.append(Form(format: .webp, lossless: true)) }
            forms.append(Form(format: .png, lossless: true))
        case false:
            reason = "photographic content"
            if wanted.contains(.avif) { forms.append(Form(format: .avif, lossless: false)) }
            if wanted.contains(.webp) { forms.append(Form(format: .webp, lossless: false)) }
        default:
            reason = "whether it is a photograph or flat graphics is seen in its pixels"
            if wanted.contains(.avif) {
                forms.append(Form(format: .avif, lossless: false, condition: .photographic))
            }
            if wanted.contains(.webp) {
                forms.append(Form(format: .webp, lossless: false, condition: .photographic))
                forms.append(Form(format: .webp, lossless: true, condition: .graphic))
            }
        }
        // A header that promises transparency often has none behind it.
        switch (content.isGraphic, content.hasAlpha) {
        case (true, _): break
        case (false, false): forms.append(Form(format: .jpeg, lossless: false))
        default:
            forms.append(Form(format: .jpeg, lossless: false, condition: .photographicAndOpaque))
            forms.append(Form(format: .png, lossless: true, condition: .graphicOrTransparent))
        }
        draft.decide("\(stem) formats", Self.names(forms), because: reason)
        draft.decide(
            "\(stem) choice", "a format is offered if it is smaller than the one before it",
            because: "browsers take the first they can show")
        return forms
    }

    private static func names(_ forms: [Form]) -> String {
        var names: [String] = []
        for form in forms where !names.contains(form.format.rawValue) {
            names.append(form.format.rawValue)
        }
        return names.joined(separator: ", ")
    }

    private func picture(
        _ form: Form, _ size: PixelSize, role: Role, stem: String, recipe: Recipe,
        keepsUpload: Bool, parameters: [String], reason: String, draft: PlanDraft
    ) -> Picture {
        let settings = recipe.image
        let (quality, effort) =
            switch form.format {
            case .avif: (settings.avifQuality, settings.avifEffort)
            case .webp: (settings.webpQuality, settings.webpEffort)
            case .jpeg: (settings.jpegQuality, 0)
            case .png: (100, 7)
            }
        let name = "\(stem)-\(size.width)\(form.suffix).\(form.format.fileExtension)"
        return Picture(
            output: draft.output(
                role, name, reason,
                parameters: parameters + [
                    "\(size)", form.format.rawValue, "q\(quality)", "e\(effort)",
                    form.lossless ? "lossless" : "lossy", "matte \(settings.matte)",
                ] + (keepsUpload ? ["or the upload"] : [])),
            size: size, fit: .inside, format: form.format, quality: quality, effort: effort,
            lossless: form.lossless, matte: settings.matte, mayKeepUpload: keepsUpload)
    }
}

extension Picture.Format {
    /// Whether a picture of that size can be written. AVIF and WebP have largest sides of their own.
    fileprivate func holds(_ size: PixelSize) -> Bool {
        switch self {
        case .webp: max(size.width, size.height) <= 16_383
        case .avif: max(size.width, size.height) <= 16_384
        case .jpeg, .png: true
        }
    }
}
