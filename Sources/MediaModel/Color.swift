/// How a video stream's numbers mean colour, in FFmpeg's names (`bt709`, `smpte2084`, …).
///
/// `nil` = the stream does not say.
package struct VideoColor: Codable, Hashable, Sendable {
    package var primaries: String?
    package var transfer: String?
    package var matrix: String?
    /// `true` = full (0…255), `false` = limited (16…235), `nil` = not said.
    package var fullRange: Bool?
    /// Peak of the mastering display or of the content, in cd/m² (nits), from metadata.
    package var peakNits: Double?

    package init(
        primaries: String? = nil, transfer: String? = nil, matrix: String? = nil,
        fullRange: Bool? = nil, peakNits: Double? = nil
    ) {
        self.primaries = primaries
        self.transfer = transfer
        self.matrix = matrix
        self.fullRange = fullRange
        self.peakNits = peakNits
    }

    /// PQ or HLG.
    package var isHighDynamicRange: Bool { transfer == "smpte2084" || transfer == "arib-std-b67" }
}
