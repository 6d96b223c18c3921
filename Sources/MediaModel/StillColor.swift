/// What the numbers of a still mean, where its file says it otherwise than by an ICC profile.
package struct StillColor: Codable, Hashable, Sendable {
    /// Where it is said.
    package enum Source: String, Codable, Hashable, Sendable {
        /// The `colr` box of HEIC and AVIF, type `nclx`.
        case nclx
        /// PNG's `cICP` chunk, which outranks an ICC profile.
        case cicp = "cICP"
        /// PNG's `gAMA` and `cHRM` chunks.
        case gamma = "gAMA"
        /// EXIF, as cameras mark Adobe RGB.
        case exif = "EXIF"
        /// The name of a profile that libjxl made: of HDR it has the curve, not the brightness.
        case profile
    }

    package var source: Source
    /// Colour primaries, a code point of ISO/IEC 23091-2; 2 = not said.
    package var primaries: Int
    /// Transfer characteristics, a code point of ISO/IEC 23091-2; 2 = not said.
    package var transfer: Int
    /// x and y of red, green, blue and white, where they are said in numbers.
    package var chromaticities: [Double]?
    /// Light is the number raised to this, where that is said.
    package var gamma: Double?
    /// Of the content or of the display it was made on, in cd/m² (nits).
    package var peakNits: Double?

    package init(
        source: Source, primaries: Int = 2, transfer: Int = 2, chromaticities: [Double]? = nil,
        gamma: Double? = nil, peakNits: Double? = nil
    ) {
        self.source = source
        self.primaries = primaries
        self.transfer = transfer
        self.chromaticities = chromaticities
        self.gamma = gamma
        self.peakNits = peakNits
    }

    /// PQ (16) or HLG (18).
    package var isHighDynamicRange: Bool { transfer == 16 || transfer == 18 }
}
