/// How a picture is cut into tiles.
package struct TileEncoding: Hashable, Sendable {
    /// Of the pyramid: its description is `NAME.dzi`, its tiles are in `NAME_files`.
    package var name: String
    /// In pixels, without what tiles share.
    package var side: Int
    /// Pixels that a tile shares with its neighbour.
    package var overlap: Int
    /// With the options of the saver: `.jpg[Q=80]`.
    package var suffix: String

    package init(name: String, side: Int, overlap: Int, suffix: String) {
        self.name = name
        self.side = side
        self.overlap = overlap
        self.suffix = suffix
    }
}

extension Image {
    /// Writes a Deep Zoom Image down to one pixel as a ZIP archive, nothing in it compressed, from one
    /// pass over the picture. Tiles carry no metadata. Wraps `dzsave_target`.
    package func saveTiles(as tiles: TileEncoding, to target: Target) throws(VipsError) {
        try Operation.run(
            "dzsave_target",
            [
                "in": .image(self), "target": .target(target), "basename": .string(tiles.name),
                "layout": "dz", "container": "zip", "compression": 0, "depth": "onepixel",
                "suffix": .string(tiles.suffix), "tile_size": .int(tiles.side),
                "overlap": .int(tiles.overlap),
            ])
    }
}
