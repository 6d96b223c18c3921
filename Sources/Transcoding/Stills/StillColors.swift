import MediaModel
import Planning
import Vips

/// The way from what a loader gives to 8-bit sRGB, in two steps with the scaling between them.
///
/// Whoever reads a still goes it, so that its tiles have the colours of its pictures.
struct StillColors {
    private let plan: StillPlan
    private let isHDR: Bool
    private var conversion = SRGBConversion()
    private var tone: SceneToneMapping?
    private var isConverted = false

    init(_ plan: StillPlan) {
        self.plan = plan
        isHDR = plan.color?.toneMapPeakNits != nil
        tone = plan.toneMapping.map(SceneToneMapping.init)
    }

    var warnings: [MediaWarning] { conversion.warnings + (tone?.warnings ?? []) }

    /// Whether a picture that is used once is nevertheless read more than once, or in pieces.
    var readsTwice: Bool { tone != nil || isHDR }

    /// What comes before scaling: the meaning of the numbers, and the conversion of those that must
    /// not be averaged.
    /// - Parameter opened: as the loader gives it.
    mutating func begin(_ opened: Image) throws(VipsError) -> Image {
        var image = try conversion.dropExtraChannels(opened)
        if tone == nil, [.float, .double].contains(image.format), image.interpretation != .lab {
            // Masks of what was not measured are NaN; one of them would spread, and nothing be seen.
            image = try image.clamped(from: 0, to: Double(Float.greatestFiniteMagnitude))
        }
        if let color = plan.color, !isHDR { image = try image.meaning(color) }
        image =
            try tone?.apply(
                to: image, hasAlpha: plan.hasAlpha,
                isPremultiplied: plan.loader == WholeLoader.exr.rawValue) ?? image
        isConverted = SRGBConversion.comesFirst(image)
        return isConverted ? try conversion.convert(image) : image
    }

    /// Whether a picture in Display P3 can be had, too.
    var canBeWide: Bool { !isConverted }

    /// - Parameter image: what `begin` gave, scaled; in memory, or to be read at random, where
    ///   `readsTwice` or it is floating point.
    /// - Returns: 8-bit sRGB, with alpha where there is some.
    mutating func finish(_ image: Image) throws(VipsError) -> Image {
        if let color = plan.color, isHDR { return try ToneMapping(color, to: .sRGB).apply(image) }
        return isConverted ? image : try conversion.convert(image)
    }

    /// The same in Display P3; nil where there is nothing to go by.
    func finishWide(_ image: Image) throws(VipsError) -> Image? {
        guard canBeWide else { return nil }
        if let color = plan.color, isHDR {
            return try ToneMapping(color, to: .displayP3).apply(image)
        }
        return try conversion.wide(image)
    }
}

extension Image {
    /// Its numbers said to mean these colours, whatever profile it came with.
    fileprivate func meaning(_ color: PlannedColor) throws(VipsError) -> Image {
        let profile = ICCProfile.bytes(meaning: color, isGrey: colourCount < 3)
        return try editingMetadata { $0.set(Field.iccProfile, profile) }
    }
}
