import MediaModel
import Planning
import Vips

/// The one decode that every size of a picture is made from: upright, 8-bit sRGB, in memory.
struct BasePicture {
    let image: Image
    /// The same in Display P3, where the plan asks for it and some colour needs it.
    let wide: Image?
    let warnings: [MediaWarning]
    /// Credit and the like, taken from the metadata before it is dropped.
    let attribution: Attribution

    /// Decodes a picture at (at least) `size`.
    ///
    /// Strict first; a picture that turns out to end early or to be damaged is decoded once more
    /// with what can be had of it, and a warning.
    ///
    /// - Parameter size: of the result, as seen; not larger than the picture.
    init(descriptor: Int32, plan: StillPlan, size: PixelSize) throws(Failure) {
        _ = Warnings.take()
        do {
            try self.init(descriptor, plan, size, failOn: .error, damage: nil)
        } catch {
            guard error.kind == .invalidMedia, error.code != "changedPicture" else { throw error }
            try self.init(descriptor, plan, size, failOn: .none, damage: error)
        }
    }

    private init(
        _ descriptor: Int32, _ plan: StillPlan, _ size: PixelSize, failOn: FailOn,
        damage: Failure?
    ) throws(Failure) {
        // The JPEG loader tells what it had to guess when its image is freed: by then every
        // reference to the pipeline must be gone, so it lives in a function of its own.
        let decoded = try Self.decode(descriptor, plan, size, failOn: failOn)
        image = decoded.image
        wide = decoded.wide
        attribution = decoded.attribution
        warnings = decoded.warnings + (try Self.judge(image, damage: damage))
    }

    private struct Decoded {
        var image: Image
        var wide: Image?
        var attribution: Attribution
        var warnings: [MediaWarning]
    }

    private static func decode(
        _ descriptor: Int32, _ plan: StillPlan, _ size: PixelSize, failOn: FailOn
    ) throws(Failure) -> Decoded {
        let isTurned = plan.orientation >= 5
        let target = isTurned ? size.transposed : size
        var colors = StillColors(plan)
        let options = LoadOptions(
            // What is measured before it is converted is read more than once.
            access: plan.toneMapping == nil ? .sequential : .random, failOn: failOn,
            shrink: shrink(plan, to: target),
            page: plan.page > 0 ? plan.page : nil)
        let opened = try StillSource.open(
            descriptor, window: plan.window, loader: plan.loader, options)
        try check(opened, plan, options)
        do {
            var image = try colors.begin(opened)
                .scaled(toWidth: target.width, height: target.height)
            let wantsWide =
                colors.canBeWide && plan.pictures.contains { $0.gamut == .displayP3 }
            if image.format.isOpenEnded || wantsWide || colors.readsTwice {
                image = try image.copiedToMemory()
            }
            var wide = wantsWide ? try colors.finishWide(image) : nil
            image = try colors.finish(image)
            // Everything above is lazy: here the file is read and decoded, once.
            image = try image.copiedToMemory()
            if image.hasAlpha, try image.extractingBands(from: 3).minimum() == 255 {
                image = try image.extractingBands(from: 0, count: 3).copiedToMemory()
            }
            let upright = try image.upright(plan.orientation)
            if let found = wide {
                wide =
                    try found.hasColoursOutsideSRGB()
                    ? found.upright(plan.orientation).copiedToMemory() : nil
            }
            var attribution = Attribution(of: opened)
            if plan.window != nil
                || [Loader.jxl.rawValue, Loader.png.rawValue].contains(plan.loader)
            {
                // A preview often has no metadata: the RAW file around it has.
                attribution = attribution.completed(by: StillSource.surroundings(descriptor))
            }
            return Decoded(
                image: upright, wide: wide, attribution: attribution,
                warnings: colors.warnings)
        } catch {
            throw StillSource.unreadable(error)
        }
    }

    /// JPEG decodes at 1/2, 1/4 or 1/8 for a fraction of the work; the rest is scaled.
    private static func shrink(_ plan: StillPlan, to target: PixelSize) -> Int? {
        guard plan.loader == Loader.jpeg.rawValue else { return nil }
        return [8, 4, 2].first { factor in
            let least = Double(factor) * leastRest
            return Double(plan.codedSize.width) >= Double(target.width) * least
                && Double(plan.codedSize.height) >= Double(target.height) * least
        }
    }

    /// How much of the scaling is left to libvips, whose kernel is sharper than JPEG's blocks: from here on
    /// SSIM to scaling everything by it was above 0.985, with less down to 0.978.
    private static let leastRest = 1.2

    /// The plan was made for the picture that was probed; nothing else is decoded.
    private static func check(
        _ image: Image, _ plan: StillPlan, _ options: LoadOptions
    ) throws(Failure) {
        let factor = options.shrink ?? 1
        let expected = PixelSize(
            width: (plan.codedSize.width + factor - 1) / factor,
            height: (plan.codedSize.height + factor - 1) / factor)
        guard image.width == expected.width, image.height == expected.height else {
            throw Failure(
                kind: .invalidMedia, code: "changedPicture",
                operatorText: "the picture is \(image.width)x\(image.height) where the probe found "
                    + "\(plan.codedSize); the upload changed between probe and decode.",
                uploaderText: "This picture cannot be read. Please upload it again.")
        }
    }

    /// A picture of which more than this is missing is refused: there is nothing to show. Below it
    /// the uploader sees what is left and decides.
    private static let largestMissingShare = 0.99

    /// Damage that was worked around becomes a warning; a picture of which nothing is left, a refusal.
    private static func judge(
        _ image: Image, damage: Failure?
    ) throws(Failure) -> [MediaWarning] {
        let guessed = Warnings.take().contains { message in
            ["Corrupt JPEG data: premature", "Corrupt JPEG data: bad", "Premature end"]
                .contains { message.contains($0) }
        }
        guard guessed || damage != nil else { return [] }
        let missing = try image.missingShare(isJPEG: damage == nil)
        guard missing < largestMissingShare else {
            throw damage
                ?? Failure(
                    kind: .invalidMedia, code: "unreadablePicture",
                    operatorText: "the picture's data is missing: "
                        + "\(Int(missing * 100)) % of it cannot be decoded.",
                    uploaderText: "This picture is damaged and cannot be read. "
                        + "Please export it again and upload it once more.")
        }
        guard damage != nil else {
            return [
                MediaWarning(
                    code: "damagedSource",
                    message: "Parts of the picture are missing or damaged and may look wrong.")
            ]
        }
        return [
            MediaWarning(
                code: "truncatedSource",
                message: "The picture ends early or is damaged; what could be read is shown.")
        ]
    }
}

extension Image {
    fileprivate func upright(_ orientation: Int) throws(VipsError) -> Image {
        try editingMetadata { $0.set(Field.orientation, orientation) }.autorotated()
    }

    /// Looks at a smaller version of a picture in Display P3: what survives the way to sRGB and back
    /// has been within it.
    fileprivate func hasColoursOutsideSRGB() throws(VipsError) -> Bool {
        let scale = min(1, 512 / Double(max(width, height)))
        let small = try resized(by: scale).extractingBands(from: 0, count: 3).copiedToMemory()
        let back = try small.transformed(toProfile: "srgb").transformed(toProfile: "p3")
        let (before, after) = (try small.pixels(), try back.pixels())
        // Rounding on the way costs up to two steps; one in a thousand may be noise.
        let changed = zip(before, after).count { abs(Int($0) - Int($1)) > 4 }
        return changed * 1000 > before.count
    }

    /// How much of the picture, from one edge on, has the colour that decoders fill missing data
    /// with: mid-grey (JPEG), else black or nothing as well. Only looked at when something is known
    /// to be missing.
    fileprivate func missingShare(isJPEG: Bool) throws(Failure) -> Double {
        let small = try smallPicture()
        func isMissing(_ x: Int, _ y: Int) -> Bool {
            let start = (y * small.width + x) * 4
            let pixel = small.pixels[start..<start + 4]
            let colours = pixel.prefix(3)
            if colours.allSatisfy({ (126...130).contains($0) }) { return true }
            return !isJPEG && (colours.allSatisfy { $0 <= 2 } || pixel.last == 0)
        }
        let rows = (0..<small.height).map { y in (0..<small.width).allSatisfy { isMissing($0, y) } }
        let columns = (0..<small.width).map { x in
            (0..<small.height).allSatisfy { isMissing(x, $0) }
        }
        // The picture is upright by now: its coded end may be at any edge.
        return [rows, rows.reversed(), columns, columns.reversed()]
            .map { Double($0.prefix { $0 }.count) / Double($0.count) }.max() ?? 0
    }
}
