package import MediaModel

/// What a still's signalled colours mean, by rule, with the reason.
package enum StillColorRule {
    package struct Answer {
        /// nil: sRGB, to which nothing has to be done.
        package var color: PlannedColor?
        package var reason: String
        /// What cannot be shown as it is meant.
        package var warning: MediaWarning?
    }

    /// - Parameter hasProfile: there is an ICC profile, too, which must not be used then.
    package static func resolve(_ color: StillColor, hasProfile: Bool) -> Answer {
        let place = "its \(color.source.rawValue) says "
        guard let curve = curve(color) else {
            return unknown(color, "transfer \(color.transfer)", hasProfile)
        }
        guard let chromaticities = chromaticities(color) else {
            return unknown(color, "primaries \(color.primaries)", hasProfile)
        }
        let primaries =
            names[color.primaries] ?? (color.chromaticities == nil ? "BT.709" : "their numbers")
        var planned = PlannedColor(chromaticities: chromaticities, curve: curve.curve)
        if color.isHighDynamicRange {
            let (peak, why) = peak(color)
            planned.toneMapPeakNits = peak
            return Answer(
                color: planned,
                reason: place + "primaries \(primaries), transfer \(curve.name); tone-mapped to "
                    + "standard range: \(why)")
        }
        let isPlain = planned.curve == .sRGB && isNearSRGB(chromaticities)
        return Answer(
            color: isPlain && !hasProfile ? nil : planned,
            reason: place + "primaries \(primaries), transfer \(curve.name)")
    }

    /// As for films (`ColorRule`): what the file says if it can be, else the usual.
    private static func peak(_ color: StillColor) -> (nits: Double, why: String) {
        if color.transfer == 18 {
            return (ColorRule.usualPeak, "HLG on its nominal display of 1000 nits")
        }
        if let peak = color.peakNits, ColorRule.believablePeak.contains(peak) {
            return (peak, "peak \(Int(peak)) nits from the metadata")
        }
        return (
            ColorRule.usualPeak,
            (color.peakNits.map { "a peak of \($0) nits cannot be" } ?? "no peak is stated")
                + ": 1000 nits"
        )
    }

    private static func unknown(
        _ color: StillColor, _ what: String, _ hasProfile: Bool
    ) -> Answer {
        // An ICC profile beside it is what is left to go by.
        Answer(
            reason: "\(color.source.rawValue) names \(what), which is not known here",
            warning: hasProfile
                ? nil
                : MediaWarning(
                    code: "colourAssumed",
                    message: "The picture's colours are given as \(what), which is not known here; "
                        + "they are shown as sRGB."))
    }

    /// Tables 2 and 3 of ISO/IEC 23091-2.
    private static let names = [
        1: "BT.709", 4: "BT.470 M", 5: "BT.470 BG", 6: "SMPTE 170M", 7: "SMPTE 240M", 8: "film",
        9: "BT.2020", 11: "DCI-P3", 12: "Display P3", 22: "EBU 3213",
    ]

    private static func chromaticities(_ color: StillColor) -> [Double]? {
        if let points = color.chromaticities { return isPossible(points) ? points : nil }
        let white = PlannedColor.whiteD65
        switch color.primaries {
        case 1, 2: return PlannedColor.primariesSRGB
        case 4: return [0.67, 0.33, 0.21, 0.71, 0.14, 0.08, 0.310, 0.316]
        case 5: return [0.64, 0.33, 0.29, 0.60, 0.15, 0.06] + white
        case 6, 7: return [0.630, 0.340, 0.310, 0.595, 0.155, 0.070] + white
        case 8: return [0.681, 0.319, 0.243, 0.692, 0.145, 0.049, 0.310, 0.316]
        case 9: return [0.708, 0.292, 0.170, 0.797, 0.131, 0.046] + white
        case 11: return [0.680, 0.320, 0.265, 0.690, 0.150, 0.060, 0.314, 0.351]
        case 12: return PlannedColor.primariesP3
        case 22: return [0.630, 0.340, 0.295, 0.605, 0.155, 0.077] + white
        default: return nil
        }
    }

    private static func curve(_ color: StillColor) -> (curve: PlannedColor.Curve, name: String)? {
        if let gamma = color.gamma {
            guard (0.9...4).contains(gamma) else { return nil }
            // 1 / 2.2, which stands for sRGB's curve wherever it is written; 1 % for rounding.
            return color.source == .gamma && abs(gamma - 2.2) < 0.022
                ? (.sRGB, "sRGB") : (.power(gamma), "gamma \((gamma * 1000).rounded() / 1000)")
        }
        switch color.transfer {
        // BT.709 and its kin describe cameras; displays and browsers show all of them like sRGB.
        case 1, 2, 6, 13, 14, 15: return (.sRGB, "sRGB")
        case 4: return (.power(2.2), "gamma 2.2")
        case 5: return (.power(2.8), "gamma 2.8")
        case 8: return (.power(1), "linear")
        case 16: return (.perceptualQuantizer, "PQ")
        case 17: return (.power(2.6), "gamma 2.6")
        case 18: return (.hybridLogGamma, "HLG")
        default: return nil
        }
    }

    /// Numbers from a file: a triangle with white inside it.
    private static func isPossible(_ points: [Double]) -> Bool {
        guard points.count == 8, points.allSatisfy({ (0...1).contains($0) }),
            stride(from: 1, to: 8, by: 2).allSatisfy({ points[$0] > 0.001 })
        else { return false }
        let whole = PlannedColor.area(points)
        let parts = [0, 2, 4].map { corner -> Double in
            var points = points
            points.replaceSubrange(corner..<corner + 2, with: points[6..<8])
            return PlannedColor.area(points)
        }
        return whole > 0.01 && abs(parts.reduce(0, +) - whole) < 1e-6
    }

    /// Within what the numbers of a file are rounded to.
    private static func isNearSRGB(_ points: [Double]) -> Bool {
        zip(points, PlannedColor.primariesSRGB).allSatisfy { abs($0 - $1) < 0.002 }
    }
}
