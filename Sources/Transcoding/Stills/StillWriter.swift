package import MediaModel
package import Planning
import Vips

/// Writes pictures from pixels that others have decoded: film frames, attached pictures.
package struct StillWriter: Sendable {
    private let scratch: ScratchDirectory
    private let credit: Credit?
    private let events: TranscodingEvents

    package init(scratch: ScratchDirectory, credit: Credit?, events: @escaping TranscodingEvents) {
        self.scratch = scratch
        self.credit = credit
        self.events = events
    }

    /// Writes pictures of one frame, largest first.
    ///
    /// - Parameters:
    ///   - frame: at least as large as every picture: nothing is enlarged.
    ///   - atSeconds: the moment of the film that the frame shows; nil = no film.
    ///   - reportPlaceholder: whether the frame also becomes the item's placeholder.
    package func writePictures(
        _ pictures: [Picture], from frame: PackedFrame, atSeconds: Double? = nil,
        reportPlaceholder: Bool
    ) throws(Failure) {
        let image = try frame.image()
        for picture in pictures {
            let shown = picture.contentSize
            guard shown.width <= frame.width, shown.height <= frame.height else {
                throw .internalError(
                    code: "upscale",
                    "\(picture.output.name) shows \(shown), its frame is only "
                        + "\(frame.width)x\(frame.height).")
            }
        }
        if reportPlaceholder {
            let matte = pictures.first?.matte ?? "#ffffff"
            let aspect = Double(frame.width) / Double(frame.height)
            events(.placeholder(try image.placeholder(aspectRatio: aspect, matte: matte)))
        }
        try set(pictures, Attribution(), atSeconds: atSeconds).write(from: image)
    }

    /// Writes an attached picture (a song's cover) from its encoded bytes.
    ///
    /// The plan's sizes are upper bounds: of widths above the picture's own only the smallest is
    /// made, at the picture's own size.
    package func writeCover(
        _ pictures: [Picture], from bytes: [UInt8], limits: Limits, reportPlaceholder: Bool
    ) throws(Failure) {
        let cover = try CoverPicture(bytes: bytes, limits: limits)
        if reportPlaceholder {
            let matte = pictures.first?.matte ?? "#ffffff"
            let aspect = cover.size.aspectRatio
            events(.placeholder(try cover.image.placeholder(aspectRatio: aspect, matte: matte)))
        }
        for warning in cover.warnings { events(.warning(warning)) }
        try set(cover.fitted(pictures), cover.attribution).write(from: cover.image)
    }

    /// Encodes a sheet of equal tiles as JPEG: row by row, `columns` per row, black after the last.
    ///
    /// - Parameter tiles: packed sRGB, 3 bytes per pixel, all of one size.
    package func spriteSheet(
        _ tiles: [PackedFrame], columns: Int, quality: Int
    ) throws(Failure) -> [UInt8] {
        precondition(!tiles.isEmpty && columns > 0, "a sheet has tiles")
        do {
            var images: [Image] = []
            for tile in tiles { images.append(try tile.image()) }
            return try Image.grid(images, across: min(columns, tiles.count))
                .encoded(as: .jpeg(quality: quality))
        } catch let failure as Failure {
            throw failure
        } catch {
            throw .internalError(code: "spriteSheet", "no sprite sheet: \(error)")
        }
    }

    private func set(
        _ pictures: [Picture], _ attribution: Attribution, atSeconds: Double? = nil
    ) -> PictureSet {
        PictureSet(
            pictures: pictures,
            encoder: PictureEncoder(
                scratch: scratch, attribution: attribution.overridden(by: credit),
                atSeconds: atSeconds),
            events: events)
    }
}

/// A picture in memory: packed 8-bit sRGB, rows from the top without padding.
package struct PackedFrame: Sendable {
    package let width: Int
    package let height: Int
    /// 3 = red, green, blue; 4 = with straight alpha.
    package let channels: Int
    /// `width` × `height` × `channels` bytes.
    package let pixels: [UInt8]

    package init(width: Int, height: Int, channels: Int = 3, pixels: [UInt8]) {
        precondition(width > 0 && height > 0 && (3...4).contains(channels), "not a picture")
        precondition(pixels.count == width * height * channels, "pixels do not fit the size")
        self.width = width
        self.height = height
        self.channels = channels
        self.pixels = pixels
    }

    /// For libvips, as a copy.
    func image() throws(Failure) -> Image {
        do {
            return try Image(
                copying: pixels.span, width: width, height: height, bands: channels)
        } catch {
            throw .internalError(code: "frame", "a frame is no picture: \(error)")
        }
    }
}
