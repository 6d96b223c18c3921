package import MediaModel

/// A picture cut into tiles at every size, for viewers that load what they show: a Deep Zoom Image.
///
/// https://learn.microsoft.com/previous-versions/windows/silverlight/dotnet-windows-silverlight/cc645050(v=vs.95)
package struct TilesPlan: Codable, Hashable, Sendable {
    package var output: PlannedOutput
    /// Of the whole picture, upright.
    package var size: PixelSize
    /// Side of a tile without its overlap, in pixels.
    package var tileSide: Int
    package var format: Picture.Format
    /// 1…100.
    package var quality: Int
    /// `#rrggbb` under transparent pixels where the format has no alpha.
    package var matte: String

    /// Pixels that a tile shares with its neighbour: viewers that scale tiles show no seams then.
    package static let overlap = 1

    package init(
        output: PlannedOutput, size: PixelSize, tileSide: Int, format: Picture.Format,
        quality: Int, matte: String
    ) {
        self.output = output
        self.size = size
        self.tileSide = tileSide
        self.format = format
        self.quality = quality
        self.matte = matte
    }

    /// Number of the level that has the whole picture; level 0 has one pixel.
    package var topLevel: Int {
        let longest = max(size.width, size.height)
        return longest > 1 ? Int.bitWidth - (longest - 1).leadingZeroBitCount : 0
    }

    /// Size of the picture at a level: halved, and rounded up, from level to level.
    package func size(atLevel level: Int) -> PixelSize {
        let step = 1 << (topLevel - level)
        return PixelSize(
            width: (size.width + step - 1) / step, height: (size.height + step - 1) / step)
    }

    /// Columns and rows of a level.
    package func grid(atLevel level: Int) -> PixelSize {
        let size = size(atLevel: level)
        return PixelSize(
            width: (size.width + tileSide - 1) / tileSide,
            height: (size.height + tileSide - 1) / tileSide)
    }

    /// Size of one tile, with what it shares with its neighbours.
    package func size(ofTile column: Int, _ row: Int, atLevel level: Int) -> PixelSize {
        let whole = size(atLevel: level)
        func length(_ place: Int, _ all: Int) -> Int {
            let start = max(0, place * tileSide - Self.overlap)
            return min(all, (place + 1) * tileSide + Self.overlap) - start
        }
        return PixelSize(width: length(column, whole.width), height: length(row, whole.height))
    }

    /// Tiles of all levels.
    package var tileCount: Int {
        (0...topLevel).reduce(0) { $0 + grid(atLevel: $1).area }
    }

    /// Name of a tile within the directory of all of them.
    package func path(ofTile column: Int, _ row: Int, atLevel level: Int) -> String {
        "tiles_files/\(level)/\(column)_\(row).\(format.fileExtension)"
    }
}
