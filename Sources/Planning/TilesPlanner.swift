import MediaModel

extension Planner {
    /// Most tiles of a picture; what is long and thin gets larger ones.
    static let mostTiles = 12_000

    /// Tiles, where a picture is larger than what anybody looks at in one piece.
    func planTiles(
        _ image: ImageInfo, recipe: Recipe, parameters: [String], draft: inout PlanDraft
    ) -> TilesPlan? {
        let settings = recipe.image.deepZoom
        let size = image.displaySize
        let pixels = settings.aboveMegapixels * 1_000_000
        guard pixels > 0, size.area > pixels, image.animation == nil else { return nil }
        let format: Picture.Format = image.hasAlpha ? .webp : .jpeg
        func tiles(_ side: Int) -> TilesPlan {
            TilesPlan(
                output: draft.output(
                    .tiles, "tiles", "a Deep Zoom Image of the whole work",
                    parameters: parameters + [
                        "\(size)", "tile \(side)+\(TilesPlan.overlap)", format.rawValue,
                        "q\(settings.quality)", "matte \(recipe.image.matte)",
                    ]),
                size: size, tileSide: side, format: format, quality: settings.quality,
                matte: recipe.image.matte)
        }
        var plan = tiles(settings.tileSide)
        while plan.tileCount > Self.mostTiles { plan = tiles(plan.tileSide * 2) }
        draft.decide(
            "deep zoom",
            "\(plan.tileCount, of: "tile") of \(plan.tileSide) in \(plan.topLevel + 1, of: "size")",
            because: "\(size) is more than \(settings.aboveMegapixels) megapixels (image.deepZoom)"
                + (image.hasAlpha ? "; WebP, as it may be transparent" : ""))
        return plan
    }
}
