package import MediaModel

/// What a video's numbers mean when it does not say, by rule, each with its reason.
package enum ColorRule {
    /// Highest believable peak, in nits: PQ itself ends at 10 000; mastering displays at 4000.
    package static let believablePeak = 100.0...10_000.0
    /// Taken for PQ without metadata: the most common mastering peak.
    static let usualPeak = 1000.0

    /// Every field of the result is set, `peakNits` only for HDR.
    package static func resolve(
        _ color: VideoColor, size: PixelSize, pixelFormat: String
    ) -> (color: VideoColor, decision: Decision) {
        var resolved = color
        var reasons: [String] = []
        // As players assume it: untagged HD is BT.709, untagged SD BT.601. 720 lines upward is HD; wide
        // anamorphic HD (1280 columns) too.
        let isHigh = size.height >= 720 || size.width >= 1280
        let isRGB =
            pixelFormat.hasPrefix("rgb") || pixelFormat.hasPrefix("bgr")
            || pixelFormat.hasPrefix("gbr") || pixelFormat.hasPrefix("argb")
            || pixelFormat.hasPrefix("abgr") || pixelFormat == "pal8"
        if isRGB {
            resolved.matrix = "gbr"
            resolved.fullRange = true
            reasons.append("RGB samples are full range")
        } else if !isUsable(resolved.matrix, with: resolved) {
            let tag = resolved.matrix.map { "matrix \($0) cannot be meant" } ?? "matrix not tagged"
            // HDR is BT.2020 in every standard that has it (ITU-R BT.2100).
            if resolved.primaries == "bt2020" || resolved.isHighDynamicRange {
                resolved.matrix = "bt2020nc"
                reasons.append("\(tag): bt2020nc, as the rest says")
            } else {
                resolved.matrix = isHigh ? "bt709" : "smpte170m"
                reasons.append("\(tag): \(resolved.matrix ?? "") by size \(size)")
            }
        }
        if resolved.fullRange == nil {
            resolved.fullRange = pixelFormat.hasPrefix("yuvj")
            reasons.append(
                resolved.fullRange == true
                    ? "\(pixelFormat) is full range" : "range not tagged: limited")
        }
        if resolved.primaries == nil {
            // JPEG pictures (full range, BT.601 matrix) are sRGB: JFIF says so. Their FFmpeg tag
            // `bt470bg` names the matrix only.
            let isJPEG = resolved.fullRange == true && pixelFormat.hasPrefix("yuvj")
            resolved.primaries =
                switch isJPEG ? "bt709" : resolved.matrix {
                case "bt2020nc", "bt2020c", "ictcp": "bt2020"
                case _ where resolved.isHighDynamicRange: "bt2020"
                case "smpte170m": "smpte170m"
                case "bt470bg": "bt470bg"
                default: "bt709"
                }
            reasons.append("primaries not tagged: \(resolved.primaries ?? "")")
        }
        if resolved.transfer == nil {
            resolved.transfer = "bt709"
            reasons.append("transfer not tagged: bt709")
        }
        if resolved.isHighDynamicRange {
            if resolved.transfer == "arib-std-b67" {
                // HLG is relative: its nominal display is 1000 nits (ITU-R BT.2100).
                resolved.peakNits = usualPeak
                reasons.append("HLG on its nominal display of 1000 nits")
            } else if let peak = color.peakNits, believablePeak.contains(peak) {
                reasons.append("peak \(Int(peak)) nits from the metadata")
            } else {
                let found =
                    color.peakNits.map { "peak of \($0) nits is absurd" } ?? "no peak stated"
                resolved.peakNits = usualPeak
                reasons.append("\(found): 1000 nits")
            }
        } else {
            resolved.peakNits = nil
        }
        let description =
            "\(resolved.primaries ?? "")/\(resolved.transfer ?? "")/\(resolved.matrix ?? "")/"
            + (resolved.fullRange == true ? "full" : "limited")
        return (
            resolved,
            Decision(
                "source colour", description,
                because: reasons.isEmpty ? "as tagged" : reasons.joined(separator: "; "))
        )
    }

    /// Whether a matrix can be calculated with, and fits the rest. YDzDx has no converter here.
    private static func isUsable(_ matrix: String?, with color: VideoColor) -> Bool {
        switch matrix {
        case "bt709", "fcc", "bt470bg", "smpte170m", "smpte240m", "ycgco", "bt2020nc": true
        // Derived from the primaries, which must then be said.
        case "chroma-derived-nc", "chroma-derived-c": color.primaries != nil
        // Constant luminance is defined for the SDR curves only.
        case "bt2020c": !color.isHighDynamicRange
        case "ictcp": color.isHighDynamicRange && color.primaries ?? "bt2020" == "bt2020"
        default: false
        }
    }
}
