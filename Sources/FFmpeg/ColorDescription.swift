import CFFmpeg

/// What the numbers of a picture mean, in FFmpeg's names; nil is unspecified.
///
/// Names are those of ffprobe: "bt709", "smpte170m", "smpte2084", "arib-std-b67", "tv", "pc", "left".
/// <https://ffmpeg.org/doxygen/5.1/pixfmt_8h.html>
package struct ColorDescription: Hashable, Sendable, Codable {
    /// The chromaticities of red, green, blue and white (AVColorPrimaries).
    package var primaries: String?
    /// The transfer function (AVColorTransferCharacteristic).
    package var transfer: String?
    /// The YUV matrix (AVColorSpace): "bt709", "smpte170m", "bt2020nc", "gbr".
    package var matrix: String?
    /// "tv" (limited) or "pc" (full).
    package var range: String?
    /// Where chroma samples sit (AVChromaLocation): "left", "center", "topleft".
    package var chromaLocation: String?

    /// A description by its parts.
    package init(
        primaries: String? = nil, transfer: String? = nil, matrix: String? = nil,
        range: String? = nil, chromaLocation: String? = nil
    ) {
        self.primaries = primaries
        self.transfer = transfer
        self.matrix = matrix
        self.range = range
        self.chromaLocation = chromaLocation
    }

    /// Nothing stated.
    package static let unspecified = ColorDescription()
    /// ITU-R BT.709, limited range: high-definition video, and every web rendition.
    package static let bt709 = ColorDescription(
        primaries: "bt709", transfer: "bt709", matrix: "bt709", range: "tv",
        chromaLocation: "left")

    init(
        primaries: AVColorPrimaries, transfer: AVColorTransferCharacteristic, matrix: AVColorSpace,
        range: AVColorRange, chromaLocation: AVChromaLocation
    ) {
        self.init(
            primaries: unsafe known(string(av_color_primaries_name(primaries))),
            transfer: unsafe known(string(av_color_transfer_name(transfer))),
            matrix: unsafe known(string(av_color_space_name(matrix))),
            range: unsafe known(string(av_color_range_name(range))),
            chromaLocation: unsafe known(string(av_chroma_location_name(chromaLocation))))
    }

    var rawPrimaries: AVColorPrimaries {
        AVColorPrimaries(number(primaries, 2) { unsafe av_color_primaries_from_name($0) })
    }

    var rawTransfer: AVColorTransferCharacteristic {
        AVColorTransferCharacteristic(
            number(transfer, 2) { unsafe av_color_transfer_from_name($0) })
    }

    var rawMatrix: AVColorSpace {
        AVColorSpace(rawValue: number(matrix, 2) { unsafe av_color_space_from_name($0) })
    }

    var rawRange: AVColorRange {
        AVColorRange(number(range, 0) { unsafe av_color_range_from_name($0) })
    }

    var rawChromaLocation: AVChromaLocation {
        AVChromaLocation(number(chromaLocation, 0) { unsafe av_chroma_location_from_name($0) })
    }
}

/// FFmpeg's two words for "nobody said".
private func known(_ name: String?) -> String? {
    name == "unknown" || name == "unspecified" || name == "reserved" ? nil : name
}

/// The number for a name. A name FFmpeg does not have is our bug: names come from it or from code.
private func number(
    _ name: String?, _ unspecified: UInt32, _ lookup: (String) -> Int32
) -> UInt32 {
    guard let name else { return unspecified }
    let number = lookup(name)
    precondition(number >= 0, "FFmpeg has no colour property named \(name)")
    return UInt32(number)
}
