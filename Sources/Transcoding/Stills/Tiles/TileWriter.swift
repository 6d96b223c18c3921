import Foundation
import Glibc
import MediaModel
import Planning
import Vips

/// Cuts a picture into tiles, from a second decode that is never in memory as a whole.
struct TileWriter {
    let still: StillPlan
    let tiles: TilesPlan
    let scratch: ScratchDirectory
    /// Of what is no tile.
    let attribution: Attribution
    /// Whether damage was found and worked around already.
    let isDamaged: Bool

    private static let directory = "tiles.working"
    private static let name = "tiles"

    /// Writes, reads back and adopts all tiles.
    /// - Parameter preview: the picture as other sizes are made of it.
    func write(from descriptor: Int32, preview: Image) throws(Failure) -> Artifact {
        let archive = "tiles.zip.working"
        try pack(try open(descriptor), into: archive)
        try unpack(archive)
        try scratch.remove(archive)
        try writePreviews(preview)
        try verify()
        var names = tiles.names
        var naming: (file: String, text: (String) -> Data)?
        if tiles.layout != .deepZoom {
            naming = (names.removeFirst(), tiles.imageInformation)
        }
        let adopted = try scratch.adoptDirectory(
            Self.directory, stem: tiles.output.name, files: names, naming: naming)
        var description = DerivativeDescription(
            role: tiles.output.role, name: tiles.output.name,
            mediaType: tiles.layout == .deepZoom ? "application/xml" : "application/ld+json",
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
            return try opaque(image)
        } catch {
            throw StillSource.unreadable(error)
        }
    }

    /// What the tiles' format can hold of it.
    private func opaque(_ image: Image) throws(VipsError) -> Image {
        guard image.hasAlpha, tiles.format == .jpeg else { return image }
        return try image.flattened(on: HexColor.channels(tiles.matte).map(Double.init))
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
                    layout: tiles.layout == .deepZoom ? .deepZoom : .iiif, name: Self.name,
                    side: tiles.tileSide, overlap: tiles.layout.overlap,
                    suffix: tiles.format == .webp
                        ? ".webp[Q=\(tiles.quality)]" : ".jpg[Q=\(tiles.quality)]"),
                to: Target(descriptor: file))
        } catch {
            throw .unwritten("the tiles", because: error)
        }
    }

    private func unpack(_ archive: String) throws(Failure) {
        let file = try scratch.open(archive)
        defer { close(file) }
        let head = try FileHead(descriptor: file)
        guard let zip = ZipArchive(head) else {
            throw .internalError(code: "tiles", "the archive of tiles cannot be read back")
        }
        // libvips 8.14 puts all below one directory of the archive's name.
        let above = "\(Self.name)/"
        var found: [String: ByteWindow] = [:]
        // What libvips says of the picture beside the tiles is nobody's business.
        for entry in zip.entries where !entry.name.hasSuffix("vips-properties.xml") {
            let own = entry.name.dropFirst(entry.name.hasPrefix(above) ? above.count : 0)
            found[String(own)] = entry.window
        }
        var names = tiles.tiles.map(\.path)
        if tiles.layout == .deepZoom {
            names.append(tiles.descriptionName)
        } else {
            // Ours says where it lies.
            found[tiles.descriptionName] = nil
            let whole = tiles.tile(0, 0, atLevel: tiles.bottomLevel).path
            found[whole] = found.removeValue(forKey: tiles.nameOfWholeInArchive)
        }
        guard Set(names) == Set(found.keys) else {
            throw .internalError(
                code: "tiles", "\(found.count) files were written where the plan has \(names.count)"
            )
        }
        try makeDirectories()
        for name in names {
            guard let window = found[name] else { continue }
            // One tile at a time: a few ten thousand bytes.
            let bytes = head.bytes(at: window.offset, count: Int(window.length))
            try scratch.write(Data(bytes), to: "\(Self.directory)/\(name)")
        }
    }

    /// Of all files.
    private func makeDirectories() throws(Failure) {
        let places = Set(
            tiles.names.map { $0.split(separator: "/").dropLast().joined(separator: "/") })
        for place in places.sorted() {
            try scratch.makeDirectories("\(Self.directory)/\(place)")
        }
    }

    /// The picture in one piece, where the layout has that.
    private func writePreviews(_ picture: Image) throws(Failure) {
        guard let first = tiles.previews.first else { return }
        let bytes: [UInt8]
        do {
            let whole = try opaque(
                picture.scaled(toWidth: first.size.width, height: first.size.height))
            bytes = try DerivativeMetadata.apply(attribution, to: whole, format: .jpeg)
                .encoded(as: .jpeg(quality: tiles.quality))
        } catch {
            throw .unwritten("the preview of the tiles", because: error)
        }
        for preview in tiles.previews {
            try scratch.write(Data(bytes), to: "\(Self.directory)/\(preview.path)")
        }
    }

    /// Decodes every one: its size follows from where it is.
    private func verify() throws(Failure) {
        func verify(_ files: [TilesPlan.Tile], iptc: [UInt8]?) throws(Failure) {
            let verifier = PictureVerifier(scratch: scratch, iptc: iptc)
            for file in files {
                try verifier.verify(
                    "\(Self.directory)/\(file.path)", as: tiles.format, size: file.size,
                    hasAlpha: nil)
            }
        }
        try verify(tiles.tiles, iptc: nil)
        try verify(tiles.previews, iptc: DerivativeMetadata.iptc(attribution, in: tiles.format))
    }
}
