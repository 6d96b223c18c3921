/// What the numbers of a still mean, in the numbers that it is converted with.
package struct PlannedColor: Codable, Hashable, Sendable {
    /// How a number becomes light.
    package enum Curve: Codable, Hashable, Sendable {
        /// IEC 61966-2-1.
        case sRGB
        /// The number raised to this; 1 = light itself.
        case power(Double)
        /// PQ, SMPTE ST 2084.
        case perceptualQuantizer
        /// ARIB STD-B67.
        case hybridLogGamma
    }

    /// x and y of red, green, blue and white.
    package var chromaticities: [Double]
    package var curve: Curve
    /// HDR is brought down to SDR from this, in cd/m² (nits); nil = it is SDR.
    package var toneMapPeakNits: Double?

    package init(chromaticities: [Double], curve: Curve, toneMapPeakNits: Double? = nil) {
        self.chromaticities = chromaticities
        self.curve = curve
        self.toneMapPeakNits = toneMapPeakNits
    }

    /// sRGB and BT.709.
    package static let primariesSRGB = [0.64, 0.33, 0.30, 0.60, 0.15, 0.06] + whiteD65
    /// Display P3.
    package static let primariesP3 = [0.680, 0.320, 0.265, 0.690, 0.150, 0.060] + whiteD65
    static let whiteD65 = [0.3127, 0.3290]

    /// Whether it may have colours that sRGB has not: by the triangle of the primaries.
    package var isWide: Bool { Self.area(chromaticities) > Self.area(Self.primariesSRGB) * 1.1 }

    /// Of the triangle of red, green and blue.
    static func area(_ points: [Double]) -> Double {
        abs(
            (points[2] - points[0]) * (points[5] - points[1])
                - (points[4] - points[0]) * (points[3] - points[1])) / 2
    }
}
