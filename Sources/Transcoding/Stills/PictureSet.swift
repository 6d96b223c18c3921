import MediaModel
import Planning
import Vips

/// Makes all pictures of a plan from one base: each size from the one before it.
struct PictureSet {
    let pictures: [Picture]
    let encoder: PictureEncoder
    let events: TranscodingEvents

    /// The size, as seen, that a base needs so that nothing made from it is enlarged.
    ///
    /// - Parameter display: the source's own size, never exceeded.
    static func baseSize(for pictures: [Picture], display: PixelSize) -> PixelSize {
        var base = PixelSize(width: 1, height: 1)
        for picture in pictures {
            let needed: PixelSize
            switch picture.fit {
            case .inside: needed = picture.size
            case .crop:
                let scale = max(
                    Double(picture.size.width) / Double(display.width),
                    Double(picture.size.height) / Double(display.height))
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

    /// Writes every picture that is not kept, largest first, and reports each as it is verified.
    ///
    /// Kept ones are scaled all the same while smaller ones follow: a picture has the same bytes
    /// whether it is made alone or with all the others.
    ///
    /// - Parameter base: upright 8-bit sRGB, in memory.
    func write(from base: Image) throws(Failure) {
        let order = pictures.sorted { $0.size.area > $1.size.area }
        let total = order.reduce(0.0) { $0 + ($1.output.isKept ? 0 : $1.cost) }
        let last = order.lastIndex { !$0.output.isKept && $0.fit == .inside } ?? -1
        var done = 0.0
        var level = base
        for (place, picture) in order.enumerated() {
            if picture.output.isKept, picture.fit != .inside || place > last { continue }
            let image: Image
            do {
                switch picture.fit {
                case .inside:
                    if level.width != picture.size.width || level.height != picture.size.height {
                        // The chain: without the copy each size would recompute all before it.
                        level = try level.scaled(
                            toWidth: picture.size.width, height: picture.size.height
                        ).copiedToMemory()
                    }
                    image = level
                case .crop(let focalPoint):
                    image = try Crop.apply(base, to: picture.size, focalPoint: focalPoint)
                        .copiedToMemory()
                }
            } catch {
                throw .internalError(code: "scale", "\(picture.output.name): \(error)")
            }
            if picture.output.isKept { continue }
            events(.artifact(try encoder.encode(image, as: picture)))
            done += picture.cost
            events(.progress(stage: "still", fraction: done / total))
        }
    }
}

extension Picture {
    /// Share of the work, for progress: pixels, and encoders' relative appetite for them.
    fileprivate var cost: Double {
        let appetite =
            switch format {
            case .avif: 8.0
            case .webp: 4.0
            case .png: 3.0
            case .jpeg: 1.0
            }
        return Double(size.area) * appetite + 10_000
    }
}
