import Foundation
import MediaModel
import Planning
import Vips

/// Brings light as it falls into what a screen shows, by the plan's rule.
struct SceneToneMapping {
    let rule: ToneMappingRule
    /// What came of it, for the manifest.
    private(set) var warnings: [MediaWarning] = []

    /// Longest side, less than doubled, of the picture that brightness is measured on, in pixels.
    private static let measuredSide = 256
    /// The brightest value of half-precision floating point, which most files hold.
    private static let largestValue = 65_504.0
    /// Below it a pixel is black, and has no say in how bright the scene is.
    private static let darkestValue = 1e-6
    /// Share of each colour in what looks bright (ITU-R BT.709).
    private static let luminance = (red: 0.2126, green: 0.7152, blue: 0.0722)

    init(rule: ToneMappingRule) { self.rule = rule }

    /// - Parameter image: linear light with the primaries of sRGB, grey or colour, in floating point;
    ///   it is read several times. Colours are multiplied with alpha where `isPremultiplied`.
    /// - Returns: 8-bit sRGB, straight alpha.
    mutating func apply(
        to image: Image, hasAlpha: Bool, isPremultiplied: Bool
    ) throws(VipsError) -> Image {
        let colours = image.bands - (hasAlpha ? 1 : 0)
        var light = try image.extractingBands(from: 0, count: colours)
        var alpha: Image?
        if hasAlpha {
            let share = try image.extractingBands(from: colours).clamped(from: 0, to: 1)
            // As libvips counts transparency, whatever the type.
            alpha = try share.linear(255, 0)
            if isPremultiplied { light = try light.divided(by: share) }
        }
        light = try light.clamped(from: 0, to: Self.largestValue)
        if colours < 3 { light = try light.joiningBands([light, light]) }
        let measured = try measure(light)
        let exposed = try light.linear(measured.exposure, 0)
        let shown = try Self.rolledOff(exposed, knee: rule.knee, white: measured.white)
            .tagged(.scrgb).converted(to: .srgb)
        guard let alpha else { return shown }
        return try shown.joiningBands([alpha.rounded().cast(to: .uchar)]).tagged(.srgb)
    }

    /// Factor for all light, and what becomes white.
    private mutating func measure(_ light: Image) throws(VipsError) -> (
        exposure: Double, white: Double
    ) {
        let factor = max(1, max(light.width, light.height) / Self.measuredSide)
        // Averages of whole blocks: a filter with a sharp edge would ring around every lamp.
        let small = try light.averaged(
            across: min(factor, light.width), down: min(factor, light.height))
        let values = try small.floats()
        var (sum, count) = (0.0, 0)
        var peaks: [Float] = []
        peaks.reserveCapacity(values.count / 3)
        for start in stride(from: 0, to: values.count - 2, by: 3) {
            let (red, green, blue) = (values[start], values[start + 1], values[start + 2])
            let bright =
                Double(red) * Self.luminance.red + Double(green) * Self.luminance.green
                + Double(blue) * Self.luminance.blue
            if bright > Self.darkestValue {
                sum += log2(bright)
                count += 1
            }
            peaks.append(max(red, max(green, blue)))
        }
        let middle = count > 0 ? sum / Double(count) : log2(rule.middleGrey)
        let (low, high) = (
            log2(rule.middleGrey) - rule.tolerance, log2(rule.middleGrey) + rule.tolerance
        )
        let stops = min(max(middle, low), high) - middle
        peaks.sort()
        let place = Int((Double(peaks.count - 1) * rule.whiteShare).rounded(.up))
        let white = max(1, Double(peaks.isEmpty ? 1 : peaks[place]) * exp2(stops))
        if stops != 0 || white > 1.01 {
            let exposure = String(format: "%+.1f stops", stops)
            warnings.append(
                MediaWarning(
                    code: "toneMapped",
                    message: "The picture's light reaches \(String(format: "%.1f", white)) times "
                        + "white at an exposure of \(exposure); it is shown as standard range."))
        }
        return (exp2(stops), white)
    }

    /// Leaves light below the knee as it is and bends what is brighter, so that `white` becomes 1.
    ///
    /// With t counted from the knee (0) to 1 (1): t · (1 + t / w²) / (1 + t), the extended operator of
    /// Reinhard et al. (2002), which begins with the slope of the straight part and is that straight
    /// line itself where nothing is brighter than 1. All colours of a pixel are scaled alike.
    private static func rolledOff(
        _ light: Image, knee: Double, white: Double
    ) throws(VipsError) -> Image {
        let room = 1 - knee
        let peak = try light.largestBand()
        let over = try peak.linear(1 / room, -knee / room)
        // max(0, x) = (x + |x|) / 2
        let t = try over.adding(over.absolute()).linear(0.5, 0)
        let w = (white - knee) / room
        let bent = try t.multiplied(by: t).linear(1 / (w * w), 0).adding(t)
            .divided(by: t.linear(1, 1))
        // peak - room · (t - bent), as a factor for the peak; none where there is no light.
        let gain = try bent.subtracting(t).linear(room, 0).divided(by: peak).linear(1, 1)
        return try light.multiplied(by: gain)
    }
}
