package import MediaModel

/// A picture cut into tiles at every size, for viewers that load what they show.
///
/// https://learn.microsoft.com/previous-versions/windows/silverlight/dotnet-windows-silverlight/cc645050(v=vs.95);
/// what is particular to IIIF is in an extension of its own.
package struct TilesPlan: Codable, Hashable, Sendable {
    /// How viewers find them.
    package enum Layout: Codable, Hashable, Sendable {
        /// A Deep Zoom Image: its description, and a directory for each level.
        case deepZoom
        /// IIIF Image API 3.0, level 0.
        /// - address: of the item's directory, as the description must say it; ends with a slash.
        case iiif(address: String)

        /// Pixels that a tile shares with its neighbour: viewers that scale tiles show no seams then.
        /// IIIF knows no such thing.
        package var overlap: Int { self == .deepZoom ? 1 : 0 }
    }

    /// One of the files.
    package struct Tile: Hashable, Sendable {
        /// Within the directory of all of them.
        package var path: String
        /// With what it shares with its neighbours.
        package var size: PixelSize
    }

    package var output: PlannedOutput
    package var layout: Layout
    /// Of the whole picture, upright.
    package var size: PixelSize
    /// Side of a tile without its overlap, in pixels.
    package var tileSide: Int
    package var format: Picture.Format
    /// 1…100.
    package var quality: Int
    /// `#rrggbb` under transparent pixels where the format has no alpha.
    package var matte: String

    package init(
        output: PlannedOutput, layout: Layout, size: PixelSize, tileSide: Int,
        format: Picture.Format, quality: Int, matte: String
    ) {
        self.output = output
        self.layout = layout
        self.size = size
        self.tileSide = tileSide
        self.format = format
        self.quality = quality
        self.matte = matte
    }

    /// The file that stands for all of them, within their directory.
    package var descriptionName: String { layout == .deepZoom ? "tiles.dzi" : "info.json" }

    /// Number of the level that has the whole picture; level 0 has one pixel.
    package var topLevel: Int {
        let longest = max(size.width, size.height)
        return longest > 1 ? Int.bitWidth - (longest - 1).leadingZeroBitCount : 0
    }

    /// The smallest that is there: of a Deep Zoom Image one pixel, of IIIF the largest that is one tile.
    package var bottomLevel: Int {
        guard layout != .deepZoom else { return 0 }
        return (0...topLevel).last { grid(atLevel: $0).area == 1 } ?? 0
    }

    /// From the smallest to the whole picture.
    package var levels: ClosedRange<Int> { bottomLevel...topLevel }

    /// How much smaller than the picture a level is: 1, 2, 4…
    package func scaleFactor(ofLevel level: Int) -> Int { 1 << (topLevel - level) }

    /// Size of the picture at a level: halved, and rounded up, from level to level.
    package func size(atLevel level: Int) -> PixelSize {
        let step = scaleFactor(ofLevel: level)
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
            let start = max(0, place * tileSide - layout.overlap)
            return min(all, (place + 1) * tileSide + layout.overlap) - start
        }
        return PixelSize(width: length(column, whole.width), height: length(row, whole.height))
    }

    /// Tiles of all levels.
    package var tileCount: Int { levels.reduce(0) { $0 + grid(atLevel: $1).area } }

    /// All of them, smallest level first.
    package var tiles: [Tile] {
        let all = levels.flatMap { level in
            let grid = grid(atLevel: level)
            return (0..<grid.height).flatMap { row in
                (0..<grid.width).map { tile($0, row, atLevel: level) }
            }
        }
        // IIIF does not tell levels apart: a corner of one pixel is the same request at two of them.
        var seen: Set<String> = []
        return layout == .deepZoom ? all : all.filter { seen.insert($0.path).inserted }
    }

    /// The names of all files within their directory, the description first.
    package var names: [String] { [descriptionName] + (tiles + previews).map(\.path) }

    package func tile(_ column: Int, _ row: Int, atLevel level: Int) -> Tile {
        let path =
            switch layout {
            case .deepZoom:
                "tiles_files/\(level)/\(column)_\(row).\(format.fileExtension)"
            case .iiif: imageRequest(forTile: column, row, atLevel: level)
            }
        return Tile(path: path, size: size(ofTile: column, row, atLevel: level))
    }
}
