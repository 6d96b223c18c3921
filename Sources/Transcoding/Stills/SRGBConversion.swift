import MediaModel
import Vips

/// Brings any picture to 8-bit sRGB, with alpha where there was some, through its own profile.
struct SRGBConversion {
    /// How colours outside sRGB are brought in. Relative keeps what fits, with the white point adapted.
    private static let intent = Intent.relative

    private(set) var warnings: [MediaWarning] = []

    /// Whether the conversion must come before scaling: averaging these numbers would not average
    /// what is seen.
    static func comesFirst(_ image: Image) -> Bool {
        image.interpretation == .cmyk || image.interpretation == .lab
    }

    /// Leaves the channels that can be shown: the colour and at most one more, which is alpha.
    /// Two or more are spot colours and saved selections of an editor.
    mutating func dropExtraChannels(_ image: Image) throws(VipsError) -> Image {
        let colours = image.colourCount
        guard image.interpretation != .multiband, image.bands > colours + 1 else { return image }
        warnings.append(
            MediaWarning(
                code: "extraChannelsIgnored",
                message: "Not shown: \(image.bands - colours, of: "channel") beside the colour."))
        return try image.extractingBands(from: 0, count: colours)
    }

    /// - Returns: three or four channels of 8 bits; no profile any more.
    mutating func convert(_ image: Image) throws(VipsError) -> Image {
        if image.interpretation == .lab {
            // No profile can say more: these are the colours themselves, as seen in D50.
            return try Self.finish(image.exportingLab(toProfile: "srgb", intent: Self.intent))
        }
        let colours = image.colourCount
        var source = try integers(image)
        var hasProfile = false
        var intent = Self.intent
        if let bytes = image.blob(Field.iccProfile) {
            let profile = ICCProfile(bytes)
            hasProfile = profile?.fits(colourChannels: colours) ?? false
            // libvips would take the picture for sRGB.
            if profile?.isPerceptualOnly == true { intent = .perceptual }
            if !hasProfile {
                source = try image.editingMetadata { $0.remove(Field.iccProfile) }
                ignoredProfile("does not fit its pixels")
            }
        }
        if hasProfile {
            do {
                return try Self.finish(
                    source.transformed(toProfile: "srgb", intent: intent))
            } catch {
                // A profile that libvips cannot use: the colours are what they are without one.
                source = try source.editingMetadata { $0.remove(Field.iccProfile) }
                ignoredProfile("is broken")
            }
        }
        return try Self.finish(Self.withoutProfile(source, colours: colours))
    }

    /// Brings 32-bit integers and floating point into the ranges that colours have.
    ///
    /// - Parameter image: in memory where its format is open-ended: every value is looked at.
    private mutating func integers(_ image: Image) throws(VipsError) -> Image {
        let colours = image.colourCount
        let isGrey = colours < 3
        switch image.format {
        case .uint, .int:
            let picture = try image.extractingBands(from: 0, count: isGrey ? 1 : 3)
            if let shown = try assumed(picture, "32-bit", isGrey: isGrey) { return shown }
            let positive = image.format == .int ? try image.cast(to: .uint) : image
            // A signed one has a bit less.
            let shown = image.format == .int ? try positive.linear([2], [0]).cast(to: .uint) : image
            return try shown.cast(to: .ushort, shift: true).tagged(isGrey ? .grey16 : .rgb16)
        case _ where image.format.isFloat && image.interpretation != .lab:
            let picture = try image.extractingBands(from: 0, count: isGrey ? 1 : 3)
            // Light is written from 0 to 1; above are the numbers of integers.
            if try picture.average() > 1,
                let shown = try assumed(picture, "floating-point", isGrey: isGrey)
            {
                return shown
            }
            // Linear light, as scRGB is.
            let bands = isGrey ? try picture.joiningBands([picture, picture]) : picture
            return try bands.tagged(.scrgb)
        default: return image
        }
    }

    /// Numbers of 8 or 16 bits in a wider format, with their own white; nil where more of the format
    /// is used, which then has one. Floating point has none: its highest value stands in.
    private mutating func assumed(
        _ picture: Image, _ format: String, isGrey: Bool
    ) throws(VipsError) -> Image? {
        let maximum = try picture.maximum()
        guard maximum > 0, maximum.isFinite,
            let white = [255.0, 65_535.0].first(where: { maximum <= $0 })
                ?? (picture.format.isFloat ? maximum : nil)
        else { return nil }
        warnings.append(
            MediaWarning(
                code: "rangeAssumed",
                message: "The picture's \(format) values reach \(Self.text(maximum)); "
                    + "\(Self.text(white)) was taken for white."))
        return try picture.linear([255 / white], [0]).rounded().cast(to: .uchar)
            .tagged(isGrey ? .grey : .srgb)
    }

    /// Floating point can be of any size.
    private static func text(_ number: Double) -> String {
        number < 1e9 ? "\(Int(number))" : "\(number)"
    }

    /// With all colours that Display P3 has; nil where there is no profile to go by.
    ///
    /// - Returns: three or four channels of 8 bits, with the profile of Display P3.
    func wide(_ image: Image) throws(VipsError) -> Image? {
        guard let bytes = image.blob(Field.iccProfile), image.colourCount == 3,
            [.uchar, .ushort].contains(image.format),
            let profile = ICCProfile(bytes), profile.fits(colourChannels: 3)
        else { return nil }
        let intent = profile.isPerceptualOnly ? Intent.perceptual : Self.intent
        guard let wide = try? image.transformed(toProfile: "p3", intent: intent) else {
            return nil
        }
        let shown = try wide.bands > 4 ? wide.extractingBands(from: 0, count: 4) : wide
        return try shown.tagged(.srgb)
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
        if result.format != .uchar { result = try result.rounded().cast(to: .uchar) }
        return try result.tagged(.srgb)
    }

    private mutating func ignoredProfile(_ why: String) {
        warnings.append(
            MediaWarning(
                code: "profileIgnored",
                message: "The picture's embedded colour profile \(why) and is ignored."))
    }
}

extension Image {
    /// Channels of the colour alone, by what they mean; of nothing in particular, all but alpha.
    var colourCount: Int {
        switch interpretation {
        case .grey, .grey16: min(bands, 1)
        case .srgb, .rgb16, .scrgb, .lab: min(bands, 3)
        case .cmyk: min(bands, 4)
        default: bands - (hasAlpha ? 1 : 0)
        }
    }
}
