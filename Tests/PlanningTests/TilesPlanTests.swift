import MediaModel
import Testing

@testable import Planning

@Suite struct TilesPlanTests {
    private func plan(_ width: Int, _ height: Int, alpha: Bool = false) throws -> TilesPlan? {
        let image = ImageInfo(
            loader: "tiffload_source", codedSize: PixelSize(width: width, height: height),
            bands: 3, hasAlpha: alpha)
        let info = MediaInfo(
            kind: .image, format: "tiff", mediaType: "image/tiff", byteCount: 1 << 20,
            image: image)
        var limits = Limits()
        limits.stillPixels = 1 << 40
        limits.stillSide = 1 << 20
        return try Planner(limits: limits, cores: 2).plan(
            info, recipe: Recipe(), source: PlanSource(sha256: "a", sidecar: Sidecar())
        ).still?.tiles.first
    }

    @Test func onlyLargeWorksAreCut() throws {
        #expect(try plan(8000, 8000) == nil)
        let tiles = try #require(try plan(8001, 8000))
        #expect(tiles.topLevel == 13 && tiles.size(atLevel: 13).width == 8001)
        #expect(tiles.size(atLevel: 0) == PixelSize(width: 1, height: 1))
        #expect(tiles.grid(atLevel: 13) == PixelSize(width: 16, height: 16))
        #expect(tiles.size(ofTile: 0, 0, atLevel: 13) == PixelSize(width: 511, height: 511))
        #expect(tiles.size(ofTile: 1, 15, atLevel: 13) == PixelSize(width: 512, height: 351))
        #expect(try plan(8001, 8000, alpha: true)?.format == .webp)
    }

    @Test func theNumberOfTilesIsBounded() throws {
        for (width, height) in [(65_500, 65_500), (100_000, 700), (500_000, 200), (8192, 8192)] {
            let tiles = try #require(try plan(width, height))
            #expect(tiles.tileCount <= Planner.mostTiles, "\(width)x\(height)")
            #expect(tiles.tileCount >= 4 * width * height / (tiles.tileSide * tiles.tileSide) / 3)
        }
    }

    private func service(
        _ width: Int, _ height: Int, at place: String = "items/a/", alpha: Bool = false
    ) throws -> TilesPlan? {
        var recipe = Recipe()
        recipe.image.deepZoom.iiifAddress = "https://media.example.org/works"
        var limits = Limits()
        limits.stillPixels = 1 << 40
        limits.stillSide = 1 << 20
        let info = MediaInfo(
            kind: .image, format: "tiff", mediaType: "image/tiff", byteCount: 1 << 20,
            image: ImageInfo(
                loader: "tiffload_source", codedSize: PixelSize(width: width, height: height),
                bands: 3, hasAlpha: alpha))
        let plans =
            try Planner(limits: limits, cores: 2).plan(
                info, recipe: recipe,
                source: PlanSource(sha256: "a", sidecar: Sidecar(), place: place)
            ).still?.tiles ?? []
        #expect(plans.map(\.output.role) == [.tiles, .iiif])
        return plans.last
    }

    @Test func anImageServiceHasTheSameSizesDownToOneTile() throws {
        let plan = try #require(try service(8001, 8000))
        #expect(plan.layout == .iiif(address: "https://media.example.org/works/items/a/"))
        #expect(plan.tileSide == 512 && plan.bottomLevel == 9 && plan.topLevel == 13)
        #expect(plan.tile(0, 0, atLevel: 9).path == "full/501,500/0/default.jpg")
        #expect(
            plan.tile(15, 15, atLevel: 13)
                == TilesPlan.Tile(
                    path: "7680,7680,321,320/321,320/0/default.jpg",
                    size: PixelSize(width: 321, height: 320)))
        #expect(
            plan.tile(1, 0, atLevel: 12).path == "1024,0,1024,1024/512,512/0/default.jpg")
        let whole = PixelSize(width: 2001, height: 2000)
        #expect(
            plan.previews == [
                .init(path: "full/max/0/default.jpg", size: whole),
                .init(path: "full/2001,2000/0/default.jpg", size: whole),
            ])
        #expect(Set(plan.names).count == plan.names.count)
        #expect(plan.names.allSatisfy { ContentName.isValidPath("iiif.12345678/\($0)") })
        #expect(try service(8001, 8000, alpha: true)?.format == .jpeg)
        #expect(try service(8001, 8000, at: "items/b/")?.output.key != plan.output.key)
    }

    @Test func anImageServiceHasFewerAndLargerTiles() throws {
        for (width, height) in [(65_500, 65_500), (100_000, 700), (500_000, 200), (1 << 20, 64)] {
            let plan = try #require(try service(width, height))
            #expect(plan.tileCount <= Planner.mostImageServiceTiles, "\(width)x\(height)")
            #expect(Set(plan.names).count == plan.names.count, "\(width)x\(height)")
            // What can be asked for as a whole is no smaller than a tile.
            let preview = plan.previews[0].size
            #expect(
                max(preview.width, preview.height) >= min(plan.tileSide, max(width, height)) / 2)
        }
    }

    @Test func everyNumberIsInTheKey() throws {
        let info = MediaInfo(
            kind: .image, format: "tiff", mediaType: "image/tiff", byteCount: 1 << 20,
            image: ImageInfo(
                loader: "tiffload_source", codedSize: PixelSize(width: 9000, height: 9000),
                bands: 3))
        func key(_ change: (inout Recipe) -> Void) throws -> String? {
            var recipe = Recipe()
            change(&recipe)
            return try Planner(cores: 2).plan(
                info, recipe: recipe, source: PlanSource(sha256: "a", sidecar: Sidecar())
            ).still?.tiles.first?.output.key
        }
        let keys = try [
            key { _ in }, key { $0.image.deepZoom.quality = 70 },
            key { $0.image.deepZoom.tileSide = 254 }, key { $0.image.matte = "#000000" },
        ]
        #expect(Set(keys.compactMap { $0 }).count == 4)
        #expect(try key { $0.image.deepZoom.aboveMegapixels = 80 } == keys[0])
    }
}
