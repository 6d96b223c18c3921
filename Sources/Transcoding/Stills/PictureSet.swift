import MediaModel
import Planning
import Synchronization
import Vips

/// Makes all pictures of a plan from one base: each size from the one before it.
struct PictureSet {
    let pictures: [Picture]
    /// Which of them are published.
    var choice = PictureChoice()
    let encoder: PictureEncoder
    /// Pictures that are encoded at once.
    var cores = 1
    let events: TranscodingEvents

    /// The size, as seen, that a base needs so that nothing made from it is enlarged.
    ///
    /// - Parameter display: the source's own size, never exceeded.
    static func baseSize(
        for pictures: [Picture], previews: [TilesPlan.Tile] = [], display: PixelSize
    ) -> PixelSize {
        var base =
            previews.map(\.size).max { $0.area < $1.area } ?? PixelSize(width: 1, height: 1)
        for picture in pictures {
            let needed: PixelSize
            switch picture.fit {
            case .inside: needed = picture.size
            case .crop:
                let shown = picture.contentSize
                let scale = max(
                    Double(shown.width) / Double(display.width),
                    Double(shown.height) / Double(display.height))
                needed = PixelSize(
                    width: Int((Double(display.width) * scale).rounded(.up)),
                    height: Int((Double(display.height) * scale).rounded(.up)))
            }
            if needed.area > base.area { base = needed }
        }
        return PixelSize(
            width: max(1, min(base.width, display.width)),
            height: max(1, min(base.height, display.height)))
    }

    /// Writes every picture that suits the content and is not kept, largest first, and reports those
    /// that the plan's choice is for, each verified.
    ///
    /// Kept ones are scaled all the same while smaller ones follow: a picture has the same bytes
    /// whether it is made alone or with all the others.
    ///
    /// - Parameters:
    ///   - base: upright 8-bit sRGB, in memory; without alpha where nothing is transparent.
    ///   - wide: the same in Display P3, if any colour needs it.
    func write(from base: Image, wide: Image? = nil) throws(Failure) {
        let wanted = pictures.filter { !$0.output.isKept }
        var traits = try base.traits(asked: wanted.contains { $0.condition != nil })
        traits.isWide = wide != nil
        for picture in wanted {
            if let unsuited = picture.leftOut(traits) { events(.leftOut(unsuited)) }
        }
        let order = pictures.filter { $0.leftOut(traits) == nil }
            .sorted { $0.size.area > $1.size.area }
        let made = try encode(order, from: base, wide: wide)
        let kept = pictures.compactMap { picture in
            picture.output.keptByteCount.map { PictureChoice.Made(picture, byteCount: $0) }
        }
        let leftOut = choice.leftOut(
            of: kept
                + made.map {
                    PictureChoice.Made($0.picture, byteCount: $0.byteCount, isUpload: $0.isUpload)
                }
        )
        // What is published stays, whatever it is compared with now.
        .filter { entry in made.contains { $0.picture.output.name == entry.name } }
        for entry in leftOut { events(.leftOut(entry)) }
        let names = Set(leftOut.map(\.name))
        for written in made {
            if names.contains(written.picture.output.name) {
                try encoder.discard(written)
            } else {
                events(.artifact(try encoder.adopt(written)))
            }
        }
    }

    /// - Parameter order: what suits the content, largest first.
    private func encode(
        _ order: [Picture], from base: Image, wide: Image?
    ) throws(Failure) -> [PictureEncoder.Written] {
        let wanted = order.filter { !$0.output.isKept }
        let total = wanted.reduce(0.0) { $0 + $1.cost }
        let last = order.lastIndex { !$0.output.isKept && $0.fit == .inside } ?? -1
        let progress = Mutex(0.0)
        let crew = PictureCrew(encoder: encoder, cores: min(cores, wanted.count)) {
            [events] picture in
            progress.withLock { done in
                done += picture.cost
                events(.progress(stage: "still", fraction: min(done / total, 1)))
            }
        }
        var level = base
        var wideLevel = wide ?? base
        var rest = order.enumerated().makeIterator()
        return try crew.write { () throws(Failure) in
            while let (place, picture) = rest.next() {
                if picture.output.isKept, picture.fit != .inside || place > last { continue }
                let image =
                    picture.gamut == .sRGB
                    ? try image(of: picture, base: base, level: &level)
                    : try image(of: picture, base: wide ?? base, level: &wideLevel)
                if picture.output.isKept { continue }
                let isBounded = picture.fit == .inside && picture.isFallback
                return PictureCrew.Task(
                    picture: picture, image: image,
                    most: isBounded ? choice.sourceByteCount : nil)
            }
            return nil
        }
    }

    private func image(
        of picture: Picture, base: Image, level: inout Image
    ) throws(Failure) -> Image {
        do {
            switch picture.fit {
            case .inside:
                if level.width != picture.size.width || level.height != picture.size.height {
                    // The chain: without the copy each size would recompute all before it.
                    level = try level.scaled(
                        toWidth: picture.size.width, height: picture.size.height
                    ).copiedToMemory()
                }
                return level
            case .crop(let framing):
                return try Crop.apply(base, to: picture.size, framing: framing).copiedToMemory()
            }
        } catch {
            throw .internalError(code: "scale", "\(picture.output.name): \(error)")
        }
    }
}

extension Picture {
    /// Share of the work, for progress: pixels, and encoders' relative appetite for them.
    fileprivate var cost: Double {
        let appetite =
            switch format {
            case .avif: 8.0
            case .webp: lossless ? 12.0 : 4.0
            case .png: 3.0
            case .jpeg: 1.0
            }
        return Double(size.area) * appetite + 10_000
    }
}
