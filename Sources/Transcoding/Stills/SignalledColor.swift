import MediaModel
import Vips

/// Finds what a still says of its colours where libvips does not look.
enum SignalledColor {
    /// What outranks the embedded profile of a picture, or stands in for one that is not there.
    ///
    /// - Parameter profile: the embedded one, if it can be used.
    static func find(
        _ image: Image, _ file: FileHead, loader: String, profile: ICCProfile?
    ) -> StillColor? {
        switch loader {
        case Loader.heif.rawValue:
            // A profile counts for more, but it has no way to say how bright HDR is.
            let color = HEIFProperties(file)?.color
            return profile == nil || color?.isHighDynamicRange == true ? color : nil
        case Loader.png.rawValue: return PNGColor(file).color
        case Loader.jxl.rawValue: return profile?.description.flatMap(madeByJPEGXL)
        case Loader.jpeg.rawValue:
            return profile == nil && isAdobeRGB(image) ? adobeRGB : nil
        default: return nil
        }
    }

    /// Cameras write no profile and mark their Adobe RGB pictures by one letter and two digits.
    /// https://www.cipa.jp/std/documents/e/DC-010-2012_E.pdf
    private static func isAdobeRGB(_ image: Image) -> Bool {
        image.colourCount == 3
            && image.string("exif-ifd4-InteroperabilityIndex")?.hasPrefix("R03") == true
    }

    private static let adobeRGB = StillColor(
        source: .exif, chromaticities: [0.64, 0.33, 0.21, 0.71, 0.15, 0.06, 0.3127, 0.3290],
        gamma: 2.19921875)

    /// libjxl describes HDR by a profile with the whole curve, to be known by the name it gives it:
    /// `RGB_D65_202_Per_PeQ`.
    private static func madeByJPEGXL(_ name: String) -> StillColor? {
        let parts = name.split(separator: "_")
        guard parts.count == 5, parts[0] == "RGB", parts[1] == "D65",
            let primaries = ["SRG": 1, "202": 9, "DCI": 12][parts[2]],
            let transfer = ["PeQ": 16, "HLG": 18][parts[4]]
        else { return nil }
        return StillColor(source: .profile, primaries: primaries, transfer: transfer)
    }
}
