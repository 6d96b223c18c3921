package import MediaModel

extension Planner {
    /// WebP's longest side, in pixels. https://developers.google.com/speed/webp/faq
    private static let longestPageSide = 16_383.0

    func planDocument(
        _ document: DocumentInfo, recipe: Recipe, draft: inout PlanDraft
    ) throws(Failure) -> DocumentPlan {
        try limits.checkPages(document.pageCount)
        let settings = recipe.document
        let shown = document.readablePages(atMost: max(1, settings.maximumPages))
        guard let first = shown.first else {
            throw Failure(
                kind: .invalidMedia, code: "noPages",
                operatorText: "no page can be read of a document of "
                    + "\(document.pageCount, of: "page").",
                uploaderText: "This document is damaged: none of its pages can be read. "
                    + "Please export it again and upload it once more.")
        }
        decidePages(document, shown: shown.count, settings: settings, draft: &draft)
        var pages: [DocumentPlan.Page] = []
        for (number, width, height) in settings.maximumPages > 0 ? shown : [] {
            // Long pages reach their limit at every width: none is made twice.
            var sizes: [PixelSize] = []
            for target in settings.pageWidths.reversed() {
                let size = drawnSize(width, height, fitting: target)
                if size.width != sizes.last?.width { sizes.append(size) }
            }
            pages.append(page(number, sizes: sizes, recipe, &draft))
        }
        let cover = coverPictures(
            first.page, drawnSize(first.width, first.height, fitting: settings.coverWidths.max()),
            recipe: recipe, draft: &draft)
        if pages.isEmpty {
            pages = [DocumentPlan.Page(number: first.page, size: cover.size, pictures: [])]
        }
        // One drawing serves both.
        if cover.size.area > pages[0].size.area { pages[0].size = cover.size }
        pages[0].pictures = cover.pictures + pages[0].pictures
        return DocumentPlan(
            pageCount: document.pageCount, pages: pages,
            text: planText(document, recipe: recipe, draft: &draft),
            pageSeconds: limits.documentPageSeconds, seconds: limits.documentSeconds)
    }

    /// A page at a width; narrower where its height would be too much for memory or for WebP.
    func drawnSize(_ width: Double, _ height: Double, fitting target: Int?) -> PixelSize {
        let wide = Double(target ?? 1)
        let high = wide * height / width
        let scale = min(
            1, Self.longestPageSide / max(wide, high),
            (Double(limits.drawnPixels) / (wide * high)).squareRoot())
        func side(_ length: Double) -> Int { max(1, Int((length * scale).rounded(.down))) }
        // Rounded down where it is a limit, to the nearest where it is the recipe's width.
        return scale < 1
            ? PixelSize(width: side(wide), height: side(high))
            : PixelSize(width: Int(wide), height: max(1, Int(high.rounded())))
    }

    private func decidePages(
        _ document: DocumentInfo, shown: Int, settings: Recipe.Document, draft: inout PlanDraft
    ) {
        let unreadable = document.pageSizes.filter { !$0.isReadable }.reduce(0) {
            $0 + $1.pageCount
        }
        if unreadable > 0 {
            draft.warnings.append(
                MediaWarning(
                    code: "unreadablePages",
                    message: "\(unreadable) of the document's pages cannot be read and are left "
                        + "out."))
        }
        let whole = document.pageCount
        if settings.maximumPages == 0 {
            draft.decide("pages", "none", because: "the recipe wants the cover alone")
        } else if shown < whole - unreadable {
            draft.decide(
                "pages", shown == 1 ? "the first of \(whole)" : "the first \(shown) of \(whole)",
                because: "the recipe's most is \(settings.maximumPages)")
            draft.warnings.append(
                MediaWarning(
                    code: "pagesLeftOut",
                    message: shown == 1
                        ? "Only the first of \(whole) pages is shown."
                        : "Only the first \(shown) of \(whole) pages are shown."))
        } else {
            draft.decide(
                "pages", "\(shown)",
                because: "all that can be read; the recipe's most is \(settings.maximumPages)")
        }
        draft.decide(
            "page widths", settings.pageWidths.map(String.init).joined(separator: ", "),
            because: "the recipe's; pages are drawn at them, nothing is enlarged")
    }

    private func page(
        _ number: Int, sizes: [PixelSize], _ recipe: Recipe, _ draft: inout PlanDraft
    ) -> DocumentPlan.Page {
        let settings = recipe.image
        let largest = sizes[0]
        let pictures = sizes.map { size in
            Picture(
                output: draft.output(
                    .page, "page-\(number)-\(size.width).webp",
                    "a width to leaf through or to read",
                    parameters: [
                        "page \(number)", "\(size)", "webp", "q\(settings.webpQuality)",
                        "e\(settings.webpEffort)",
                    ]),
                size: size, fit: .inside, format: .webp, quality: settings.webpQuality,
                effort: settings.webpEffort, lossless: false, matte: settings.matte)
        }
        return DocumentPlan.Page(number: number, size: largest, pictures: pictures)
    }

    private func coverPictures(
        _ number: Int, _ size: PixelSize, recipe: Recipe, draft: inout PlanDraft
    ) -> (size: PixelSize, pictures: [Picture]) {
        draft.decide("cover", "page \(number)", because: "the first page that can be read")
        let parameters = [
            "page \(number)", "focal \(Fingerprint.digest(draft.source.sidecar.focalPoint))",
        ]
        let pictures = pictureSet(
            role: .cover, stem: "cover", display: size, widths: recipe.document.coverWidths,
            content: .photographic, recipe: recipe, parameters: parameters,
            reason: "the document's first page", draft: &draft)
        let crops = crops(
            display: size, recipe: recipe, cards: recipe.image.cards, parameters: parameters,
            draft: &draft)
        return (size, pictures + crops)
    }

    private func planText(
        _ document: DocumentInfo, recipe: Recipe, draft: inout PlanDraft
    ) -> DocumentPlan.Text? {
        guard recipe.document.text else {
            draft.decide("text", "none", because: "the recipe does not want it")
            return nil
        }
        guard document.allowsCopying else {
            draft.decide("text", "none", because: "the document forbids that its text is copied")
            return nil
        }
        let most = limits.documentTextBytes
        let reason = "for searching and for those who cannot see the pages"
        draft.decide("text", "of all pages, at most \(most) bytes", because: reason)
        return DocumentPlan.Text(
            output: draft.output(
                .text, "text", reason, parameters: ["at most \(most)", "form feeds between pages"]),
            maximumBytes: most)
    }

    /// Drawing and reading are bounded by time; the rest is encoding, as of stills.
    func documentBudget(_ document: DocumentPlan) -> WorkBudget {
        var budget = stillBudget(document.pages.flatMap(\.pictures))
        budget.cpuSeconds += document.seconds
        budget.deadlineSeconds += document.seconds
        budget.stallSeconds = max(budget.stallSeconds, document.pageSeconds * 2)
        budget.outputBytes += Int64(document.text?.maximumBytes ?? 0)
        return budget
    }
}

extension Limits {
    /// Refuses a document of too many pages.
    package func checkPages(_ count: Int) throws(Failure) {
        guard count > documentPages else { return }
        throw .limit(
            "documentPages", "the number of pages", limit: "\(documentPages)", found: "\(count)",
            uploader: "This document has too many pages; up to \(documentPages) can be processed.")
    }
}
