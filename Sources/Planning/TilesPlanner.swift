import MediaModel

extension Planner {
    /// Most files of a picture's tiles; what is long and thin gets larger ones.
    static let mostTiles = 12_000
    /// Each of them lies in three directories of its own.
    static let mostImageServiceTiles = mostTiles / 4

    /// Tiles, where a picture is larger than what anybody looks at in one piece.
    func planTiles(
        _ image: ImageInfo, recipe: Recipe, parameters: [String], draft: inout PlanDraft
    ) -> [TilesPlan] {
        let settings = recipe.image.deepZoom
        let size = image.displaySize
        let pixels = settings.aboveMegapixels * 1_000_000
        guard pixels > 0, size.area > pixels, image.animation == nil else { return [] }
        func tiles(_ layout: TilesPlan.Layout, _ side: Int) -> TilesPlan {
            // A Deep Zoom Image says which format it has; IIIF's level 0 knows one.
            let format: Picture.Format =
                image.hasAlpha && layout == .deepZoom ? .webp : .jpeg
            return TilesPlan(
                output: output(
                    layout,
                    parameters: parameters + [
                        "\(size)", "tile \(side)+\(layout.overlap)", format.rawValue,
                        "q\(settings.quality)", "matte \(recipe.image.matte)",
                    ], draft: draft),
                layout: layout, size: size, tileSide: side, format: format,
                quality: settings.quality, matte: recipe.image.matte)
        }
        func fitting(_ layout: TilesPlan.Layout, _ side: Int, most: Int) -> TilesPlan {
            var plan = tiles(layout, side)
            while plan.tileCount > most { plan = tiles(layout, plan.tileSide * 2) }
            return plan
        }
        func decide(_ subject: String, _ plan: TilesPlan, _ reason: String) {
            draft.decide(
                subject,
                "\(plan.tileCount, of: "tile") of \(plan.tileSide) in "
                    + "\(plan.levels.count, of: "size")",
                because: reason)
        }

        let deepZoom = fitting(.deepZoom, settings.tileSide, most: Self.mostTiles)
        decide(
            "deep zoom", deepZoom,
            "\(size) is more than \(settings.aboveMegapixels) megapixels (image.deepZoom)"
                + (image.hasAlpha ? "; WebP, as it may be transparent" : ""))
        guard let address = settings.iiifAddress else {
            draft.decide(
                "IIIF", "none",
                because: "it must say where it lies, and no address is set "
                    + "(image.deepZoom.iiifAddress)")
            return [deepZoom]
        }
        let service = fitting(
            .iiif(address: "\(address)/\(draft.source.place)"),
            // As large as the other ones with what they share.
            settings.tileSide + 2 * deepZoom.layout.overlap, most: Self.mostImageServiceTiles)
        decide(
            "IIIF", service,
            "the same, at \(address) (image.deepZoom.iiifAddress)"
                + (image.hasAlpha ? "; on \(service.matte), as level 0 has JPEG alone" : ""))
        return [deepZoom, service]
    }

    private func output(
        _ layout: TilesPlan.Layout, parameters: [String], draft: PlanDraft
    ) -> PlannedOutput {
        switch layout {
        case .deepZoom:
            draft.output(
                .tiles, "tiles", "a Deep Zoom Image of the whole work",
                parameters: parameters)
        case .iiif(let address):
            draft.output(
                .iiif, "iiif", "an image service (IIIF, level 0) of the whole work",
                parameters: parameters + ["address \(address)"])
        }
    }
}
