import CVips

/// The type of a channel's value.
package enum BandFormat: String, Sendable {
    case uchar, char, ushort, short, uint, int, float, complex, double, dpcomplex, notset

    init(_ format: VipsBandFormat) {
        let nick = unsafe vips_enum_nick(vips_band_format_get_type(), format.rawValue)
        self = unsafe nick.flatMap { unsafe BandFormat(rawValue: String(cString: $0)) } ?? .notset
    }

    /// As the C library counts them.
    var raw: VipsBandFormat {
        switch self {
        case .uchar: VIPS_FORMAT_UCHAR
        case .char: VIPS_FORMAT_CHAR
        case .ushort: VIPS_FORMAT_USHORT
        case .short: VIPS_FORMAT_SHORT
        case .uint: VIPS_FORMAT_UINT
        case .int: VIPS_FORMAT_INT
        case .float: VIPS_FORMAT_FLOAT
        case .complex: VIPS_FORMAT_COMPLEX
        case .double: VIPS_FORMAT_DOUBLE
        case .dpcomplex: VIPS_FORMAT_DPCOMPLEX
        case .notset: VIPS_FORMAT_NOTSET
        }
    }

    /// Bits of one value; 0 when not known.
    package var bitCount: Int {
        switch self {
        case .uchar, .char: 8
        case .ushort, .short: 16
        case .uint, .int, .float: 32
        case .complex, .double: 64
        case .dpcomplex: 128
        case .notset: 0
        }
    }

    /// Whether values are floating point.
    package var isFloat: Bool {
        switch self {
        case .float, .double, .complex, .dpcomplex: true
        default: false
        }
    }

    /// Whether values reach beyond what colours are counted in: only looking at them tells what is
    /// white.
    package var isOpenEnded: Bool { isFloat || self == .uint || self == .int }
}

/// What the channels mean; libvips' nicknames.
package struct Interpretation: RawRepresentable, Hashable, Sendable {
    package let rawValue: String

    package init(rawValue: String) {
        self.rawValue = rawValue
    }

    init(_ value: VipsInterpretation) {
        let nick = unsafe vips_enum_nick(vips_interpretation_get_type(), value.rawValue)
        rawValue = unsafe nick.map { unsafe String(cString: $0) } ?? "error"
    }

    package static let srgb = Interpretation(rawValue: "srgb")
    package static let rgb16 = Interpretation(rawValue: "rgb16")
    package static let grey = Interpretation(rawValue: "b-w")
    package static let grey16 = Interpretation(rawValue: "grey16")
    package static let cmyk = Interpretation(rawValue: "cmyk")
    package static let lab = Interpretation(rawValue: "lab")
    package static let scrgb = Interpretation(rawValue: "scrgb")
    package static let multiband = Interpretation(rawValue: "multiband")

    /// What one to four channels of a format are, when nobody says anything else.
    package static func usual(bands: Int, _ format: BandFormat) -> Interpretation {
        switch format {
        case .ushort: bands < 3 ? .grey16 : .rgb16
        case .float: bands < 3 ? .grey : .scrgb
        default: bands < 3 ? .grey : .srgb
        }
    }
}

/// How much damage a loader accepts before it fails.
package enum FailOn: String, Sendable {
    /// Never fail for damage: missing pixels are grey or black.
    case none
    /// Fail when the file ends early.
    case truncated
    /// Fail on a serious error, or an early end.
    case error
    /// Fail on anything, harmless camera quirks included.
    case warning
}

/// How pixels will be read.
package enum Access: String, Sendable {
    /// In any order; the loader may decode the whole picture into memory first.
    case random
    /// Once, top to bottom: the picture is streamed and never in memory as a whole.
    case sequential
}

/// Whether thumbnailing may enlarge.
package enum SizeRule: String, Sendable {
    case both, up, down, force
}

/// Resampling kernels.
package enum Kernel: String, Sendable {
    case nearest, linear, cubic, mitchell, lanczos2, lanczos3
}

/// What a smart crop looks for.
package enum Interesting: String, Sendable {
    case centre, entropy, attention, low, high
}

/// How colours outside the target's gamut are mapped.
package enum Intent: String, Sendable {
    case perceptual, relative, saturation, absolute
}

/// Quarter turns, clockwise.
package enum Turn: String, Sendable {
    case d0, d90, d180, d270
}

/// An axis to mirror along.
package enum Direction: String, Sendable {
    case horizontal, vertical
}

/// Where a smaller image stands in a larger one.
package enum Compass: String, Sendable {
    case centre, north, east, south, west
}

/// What fills the pixels outside an image.
package enum Extend: String, Sendable {
    case black, copy, `repeat`, mirror, white, background
}

/// How one image is laid over another.
package enum BlendMode: String, Sendable {
    case over, source, add, multiply
}
