import Foundation
import Glibc
import MediaModel
import Planning
import Vips

/// Cuts a picture into the tiles of a Deep Zoom Image, from a second decode that is never in memory
/// as a whole.
struct TileWriter {
    let still: StillPlan
    let tiles: TilesPlan
    let scratch: ScratchDirectory
    /// Whether damage was found and worked around already.
    let isDamaged: Bool

    private static let directory = "tiles.working"
    private static let name = "tiles"
    private static let index = "\(name).dzi"

    /// Writes, reads back and adopts all tiles.
    func write(from descriptor: Int32) throws(Failure) -> Artifact {
        let archive = "tiles.zip.working"
        try pack(try open(descriptor), into: archive)
        let files = try unpack(archive)
        try scratch.remove(archive)
        try verify()
        let adopted = try scratch.adoptDirectory(
            Self.directory, stem: tiles.output.name, files: files)
        var description = DerivativeDescription(
            role: tiles.output.role, name: tiles.output.name, mediaType: "application/xml",
            key: tiles.output.key, reason: tiles.output.reason)
        description.width = tiles.size.width
        description.height = tiles.size.height
        return Artifact(
            description: description, file: adopted[0], companions: Array(adopted.dropFirst()))
    }

    /// The whole picture: upright 8-bit sRGB, with alpha if the tiles have it.
    private func open(_ descriptor: Int32) throws(Failure) -> Image {
        // Turned, or measured before it is converted, a picture is read in another order than it is
        // stored in; libvips then decodes it into memory, above 100 MB into a file in scratch.
        let isTurned = still.orientation != 1
        var colors = StillColors(still)
        var image = try opened(
            descriptor, isTurned || colors.readsTwice ? .random : .sequential)
        if image.format.isOpenEnded { image = try opened(descriptor, .random) }
        do {
            image = try colors.begin(image)
            image = try colors.finish(image)
            if isTurned {
                image = try image.editingMetadata { $0.set(Field.orientation, still.orientation) }
                    .autorotated()
            }
            if image.hasAlpha, tiles.format == .jpeg {
                image = try image.flattened(on: HexColor.channels(tiles.matte).map(Double.init))
            }
            return image
        } catch {
            throw StillSource.unreadable(error)
        }
    }

    private func opened(_ descriptor: Int32, _ access: Access) throws(Failure) -> Image {
        let image = try StillSource.open(
            descriptor, window: still.window, loader: still.loader,
            LoadOptions(
                access: access, failOn: isDamaged ? .none : .error,
                page: still.page > 0 ? still.page : nil))
        guard image.width == still.codedSize.width, image.height == still.codedSize.height else {
            throw .internalError(
                code: "tiles",
                "the picture is \(image.width)x\(image.height) where the probe found "
                    + "\(still.codedSize).")
        }
        return image
    }

    private func pack(_ image: Image, into archive: String) throws(Failure) {
        let file = try scratch.create(archive)
        defer { close(file) }
        do {
            try image.saveTiles(
                as: TileEncoding(
                    name: Self.name, side: tiles.tileSide, overlap: TilesPlan.overlap,
                    suffix: tiles.format == .webp
                        ? ".webp[Q=\(tiles.quality)]" : ".jpg[Q=\(tiles.quality)]"),
                to: Target(descriptor: file))
        } catch {
            throw .unwritten("the tiles", because: error)
        }
    }

    /// - Returns: every file of the directory, the one that describes the others first.
    private func unpack(_ archive: String) throws(Failure) -> [String] {
        let file = try scratch.open(archive)
        defer { close(file) }
        guard let zip = ZipArchive(try FileHead(descriptor: file)) else {
            throw .internalError(code: "tiles", "the archive of tiles cannot be read back")
        }
        // libvips 8.14 puts all below one directory of the archive's name.
        let above = "\(Self.name)/"
        var found: [String: ByteWindow] = [:]
        // What libvips says of the picture beside the tiles is nobody's business.
        for entry in zip.entries where !entry.name.hasSuffix("/vips-properties.xml") {
            let own = entry.name.dropFirst(entry.name.hasPrefix(above) ? above.count : 0)
            found[String(own)] = entry.window
        }
        var names = [Self.index]
        try scratch.makeDirectory(Self.directory)
        try scratch.makeDirectory("\(Self.directory)/tiles_files")
        for level in 0...tiles.topLevel {
            try scratch.makeDirectory("\(Self.directory)/tiles_files/\(level)")
            let grid = tiles.grid(atLevel: level)
            for row in 0..<grid.height {
                for column in 0..<grid.width {
                    names.append(tiles.path(ofTile: column, row, atLevel: level))
                }
            }
        }
        guard Set(names) == Set(found.keys) else {
            throw .internalError(
                code: "tiles", "\(found.count) files were written where the plan has \(names.count)"
            )
        }
        let head = try FileHead(descriptor: file)
        for name in names {
            guard let window = found[name] else { continue }
            // One tile at a time: a few ten thousand bytes.
            let bytes = head.bytes(at: window.offset, count: Int(window.length))
            try scratch.write(Data(bytes), to: "\(Self.directory)/\(name)")
        }
        return names
    }

    /// Decodes every tile: its size follows from where it is.
    private func verify() throws(Failure) {
        let verifier = PictureVerifier(scratch: scratch, iptc: nil)
        for level in 0...tiles.topLevel {
            let grid = tiles.grid(atLevel: level)
            for row in 0..<grid.height {
                for column in 0..<grid.width {
                    try verifier.verify(
                        "\(Self.directory)/\(tiles.path(ofTile: column, row, atLevel: level))",
                        as: tiles.format, size: tiles.size(ofTile: column, row, atLevel: level),
                        hasAlpha: nil)
                }
            }
        }
    }
}
