package import MediaModel
package import Planning
import Vips

/// Turns a still into everything its plan lists, from one decode.
package struct StillTranscoder: Sendable {
    private let plan: StillPlan
    private let credit: Credit?
    private let scratch: ScratchDirectory
    private let cores: Int
    private let events: TranscodingEvents

    /// - Parameters:
    ///   - cores: that may be kept busy.
    ///   - credit: overrides what the picture's metadata says, field by field.
    ///   - events: receives the placeholder first, then every artifact as it is verified.
    package init(
        plan: StillPlan, credit: Credit?, scratch: ScratchDirectory, cores: Int,
        events: @escaping TranscodingEvents
    ) {
        self.plan = plan
        self.credit = credit
        self.scratch = scratch
        self.cores = cores
        self.events = events
    }

    /// Does it all, on the calling thread.
    ///
    /// - Parameter descriptor: the open upload; its offset is neither used nor moved.
    package func run(descriptor: Int32) throws(Failure) {
        let display =
            plan.orientation >= 5 ? plan.codedSize.transposed : plan.codedSize
        let size = PictureSet.baseSize(
            for: plan.pictures, previews: plan.tiles.flatMap(\.previews), display: display)
        let base = try BasePicture(descriptor: descriptor, plan: plan, size: size)
        for warning in base.warnings { events(.warning(warning)) }
        let matte = plan.pictures.first?.matte ?? "#ffffff"
        events(
            .placeholder(
                try base.image.placeholder(aspectRatio: display.aspectRatio, matte: matte)))
        let encoder = PictureEncoder(
            scratch: scratch, attribution: base.attribution.overridden(by: credit),
            // What could not be read as it is, is not shown as it is.
            upload: base.warnings.isEmpty ? descriptor : nil)
        try PictureSet(
            pictures: plan.pictures, choice: plan.choice, encoder: encoder, cores: cores,
            events: events
        ).write(from: base.image, wide: base.wide)
        for tiles in plan.tiles where !tiles.output.isKept {
            let writer = TileWriter(
                still: plan, tiles: tiles, scratch: scratch, attribution: encoder.attribution,
                isDamaged: base.warnings.contains {
                    ["truncatedSource", "damagedSource"].contains($0.code)
                })
            events(.artifact(try writer.write(from: descriptor, preview: base.image)))
        }
    }
}

extension Image {
    /// The placeholder of an upright 8-bit sRGB picture.
    func placeholder(aspectRatio: Double, matte: String) throws(Failure) -> Placeholder {
        Placeholder(try smallPicture(), aspectRatio: aspectRatio, matte: matte)
    }

    /// An upright 8-bit sRGB picture brought down to what placeholders are computed from.
    func smallPicture() throws(Failure) -> SmallPicture {
        do {
            let size = SmallPicture.size(for: width, height)
            var small = try scaled(toWidth: size.width, height: size.height)
            if !small.hasAlpha { small = try small.addingAlpha() }
            return SmallPicture(
                width: size.width, height: size.height, pixels: try small.pixels())
        } catch {
            throw .internalError(code: "placeholder", "no small picture: \(error)")
        }
    }
}
