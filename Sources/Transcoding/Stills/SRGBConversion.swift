import MediaModel
import Vips

/// Brings any picture to 8-bit sRGB, with alpha where there was some, through its own profile.
struct SRGBConversion {
    /// How colours outside sRGB are brought in. Relative keeps what fits, with the white point adapted.
    private static let intent = Intent.relative

    private(set) var warnings: [MediaWarning] = []

    /// Whether the conversion must come before scaling: averaging these numbers would not average
    /// what is seen, or their range is not that of integers.
    static func comesFirst(_ image: Image) -> Bool {
        image.interpretation == .cmyk || image.interpretation == .lab
            || image.interpretation == .scrgb || image.format.isFloat
    }

    /// - Returns: three or four channels of 8 bits; no profile any more.
    mutating func convert(_ image: Image) throws(VipsError) -> Image {
        let colours = image.bands - (image.hasAlpha ? 1 : 0)
        var source = image
        var hasProfile = false
        if let bytes = image.blob(Field.iccProfile) {
            hasProfile = ICCProfile(bytes)?.fits(colourChannels: colours) ?? false
            if !hasProfile {
                source = try image.editingMetadata { $0.remove(Field.iccProfile) }
                ignoredProfile("does not fit its pixels")
            }
        }
        if hasProfile {
            do {
                return try Self.finish(
                    source.transformed(toProfile: "srgb", intent: Self.intent))
            } catch {
                // A profile that libvips cannot use: the colours are what they are without one.
                source = try source.editingMetadata { $0.remove(Field.iccProfile) }
                ignoredProfile("is broken")
            }
        }
        return try Self.finish(Self.withoutProfile(source, colours: colours))
    }

    private static func withoutProfile(_ image: Image, colours: Int) throws(VipsError) -> Image {
        if image.interpretation == .cmyk {
            // libvips' own CMYK profile stands in.
            return try image.transformed(toProfile: "srgb", input: "cmyk", intent: intent)
        }
        if image.interpretation == .multiband {
            // More channels than a colour has (a scientific TIFF): the first ones are shown.
            let shown = colours >= 3 ? 3 : 1
            let deep = image.format == .ushort
            let meaning: Interpretation =
                shown == 3 ? (deep ? .rgb16 : .srgb) : (deep ? .grey16 : .grey)
            return try image.extractingBands(from: 0, count: shown).tagged(meaning)
                .converted(to: .srgb)
        }
        return try image.converted(to: .srgb)
    }

    private static func finish(_ image: Image) throws(VipsError) -> Image {
        var result = image
        if result.bands < 3 { result = try result.converted(to: .srgb) }
        if result.bands > 4 { result = try result.extractingBands(from: 0, count: 4) }
        if result.format != .uchar { result = try result.cast(to: .uchar) }
        return try result.tagged(.srgb)
    }

    private mutating func ignoredProfile(_ why: String) {
        warnings.append(
            MediaWarning(
                code: "profileIgnored",
                message: "The picture's embedded colour profile \(why) and is ignored."))
    }
}
