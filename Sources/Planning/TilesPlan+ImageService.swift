package import Foundation
package import MediaModel

/// IIIF Image API 3.0 at level 0: a viewer's requests are the names of files.
///
/// https://iiif.io/api/image/3.0/, and of level 0 https://iiif.io/api/image/3.0/compliance/.
extension TilesPlan {
    /// What a tile shows of the whole picture.
    package func region(ofTile column: Int, _ row: Int, atLevel level: Int) -> PixelRect {
        let side = tileSide * scaleFactor(ofLevel: level)
        let (x, y) = (column * side, row * side)
        return PixelRect(
            x: x, y: y,
            size: PixelSize(
                width: min(side, size.width - x), height: min(side, size.height - y)))
    }

    /// The canonical request for a tile.
    func imageRequest(forTile column: Int, _ row: Int, atLevel level: Int) -> String {
        let region = region(ofTile: column, row, atLevel: level)
        let made = size(ofTile: column, row, atLevel: level)
        if region.size == size {
            return Self.imageRequest(forWhole: "\(made.width),\(made.height)")
        }
        return "\(region.x),\(region.y),\(region.size.width),\(region.size.height)"
            + "/\(made.width),\(made.height)/0/default.jpg"
    }

    private static func imageRequest(forWhole size: String) -> String {
        "full/\(size)/0/default.jpg"
    }

    /// The name that libvips 8.14 gives a tile that shows the whole picture.
    package var nameOfWholeInArchive: String {
        let made = size(atLevel: bottomLevel)
        return "0,0,\(size.width),\(size.height)/\(made.width),\(made.height)/0/default.jpg"
    }

    /// Longest side of what is to be had in one piece, in pixels.
    private static let longestPreview = 2048

    /// The level that is there in one piece too, so that whoever does not zoom finds a picture that
    /// is neither huge nor tiny.
    package var previewLevel: Int {
        let longest = max(Self.longestPreview, tileSide)
        return levels.last {
            let size = size(atLevel: $0)
            return max(size.width, size.height) <= longest
        } ?? bottomLevel
    }

    /// The picture in one piece; empty for a Deep Zoom Image. The first is what every service of
    /// this level must have; both have the same bytes.
    package var previews: [Tile] {
        guard layout != .deepZoom else { return [] }
        let size = size(atLevel: previewLevel)
        let largest = Tile(path: Self.imageRequest(forWhole: "max"), size: size)
        // A small enough one is a tile by itself.
        guard previewLevel > bottomLevel else { return [largest] }
        let named = Self.imageRequest(forWhole: "\(size.width),\(size.height)")
        return [largest, Tile(path: named, size: size)]
    }

    /// What `info.json` says in the directory of that name: it must hold its own address.
    package func imageInformation(in directory: String) -> Data {
        guard case .iiif(let address) = layout else { return Data() }
        let preview = size(atLevel: previewLevel)
        let whole = [bottomLevel, previewLevel].map { size(atLevel: $0) }
        let information = ImageInformation(
            id: address + directory, width: size.width, height: size.height,
            maxWidth: max(preview.width, preview.height),
            sizes: (whole[0] == whole[1] ? [whole[0]] : whole).map {
                ImageInformation.Size(width: $0.width, height: $0.height)
            },
            tiles: [
                ImageInformation.Tiles(
                    width: tileSide, height: tileSide,
                    scaleFactors: levels.reversed().map { scaleFactor(ofLevel: $0) })
            ])
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
        guard let data = try? encoder.encode(information) else {
            preconditionFailure("numbers and a text always encode")
        }
        return data
    }
}

/// Section 5 of the specification.
private struct ImageInformation: Encodable {
    struct Size: Encodable {
        var width: Int
        var height: Int
    }

    struct Tiles: Encodable {
        var width: Int
        var height: Int
        var scaleFactors: [Int]
    }

    enum CodingKeys: String, CodingKey {
        case context = "@context"
        case id, type, `protocol`, profile, width, height, maxWidth, sizes, tiles
    }

    let context = "http://iiif.io/api/image/3/context.json"
    var id: String
    let type = "ImageService3"
    let `protocol` = "http://iiif.io/api/image"
    let profile = "level0"
    var width: Int
    var height: Int
    var maxWidth: Int
    var sizes: [Size]
    var tiles: [Tiles]
}
