/// How a picture is cut into tiles.
package struct TileEncoding: Hashable, Sendable {
    package enum Layout: String, Hashable, Sendable {
        /// A Deep Zoom Image down to one pixel: `NAME.dzi`, with the tiles in `NAME_files`.
        case deepZoom = "dz"
        /// IIIF Image API 3.0 down to one tile.
        case iiif = "iiif3"
    }

    package var layout: Layout
    /// Of the pyramid.
    package var name: String
    /// In pixels, without what tiles share.
    package var side: Int
    /// Pixels that a tile shares with its neighbour.
    package var overlap: Int
    /// With the options of the saver: `.jpg[Q=80]`.
    package var suffix: String

    package init(layout: Layout, name: String, side: Int, overlap: Int, suffix: String) {
        self.layout = layout
        self.name = name
        self.side = side
        self.overlap = overlap
        self.suffix = suffix
    }
}

extension Image {
    /// Writes tiles of all sizes as a ZIP archive, nothing in it compressed, from one pass over the
    /// picture. Tiles carry no metadata. Wraps `dzsave_target`.
    package func saveTiles(as tiles: TileEncoding, to target: Target) throws(VipsError) {
        try Operation.run(
            "dzsave_target",
            [
                "in": .image(self), "target": .target(target), "basename": .string(tiles.name),
                "layout": .string(tiles.layout.rawValue), "container": "zip", "compression": 0,
                "depth": tiles.layout == .deepZoom ? "onepixel" : "onetile",
                "suffix": .string(tiles.suffix), "tile_size": .int(tiles.side),
                "overlap": .int(tiles.overlap),
            ])
    }
}
