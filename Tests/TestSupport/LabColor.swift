import Foundation

/// A colour in CIE L*a*b* (D65), for distances that mean the same everywhere.
package struct LabColor: Sendable {
    package let lightness: Double
    package let a: Double
    package let b: Double

    /// - Parameter rgb: 8-bit sRGB.
    package init(_ rgb: [UInt8]) {
        // IEC 61966-2-1, then its matrix to XYZ, then CIE 15.
        let linear = rgb.prefix(3).map { value -> Double in
            let value = Double(value) / 255
            return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
        }
        let x = 0.4124564 * linear[0] + 0.3575761 * linear[1] + 0.1804375 * linear[2]
        let y = 0.2126729 * linear[0] + 0.7151522 * linear[1] + 0.0721750 * linear[2]
        let z = 0.0193339 * linear[0] + 0.1191920 * linear[1] + 0.9503041 * linear[2]
        func f(_ t: Double) -> Double {
            t > 216.0 / 24_389 ? cbrt(t) : (24_389.0 / 27 * t + 16) / 116
        }
        let (fx, fy, fz) = (f(x / 0.95047), f(y), f(z / 1.08883))
        lightness = 116 * fy - 16
        a = 500 * (fx - fy)
        b = 200 * (fy - fz)
    }

    /// CIE76: about 1 is the smallest difference that is seen side by side.
    package func distance(to other: LabColor) -> Double {
        hypot(hypot(lightness - other.lightness, a - other.a), b - other.b)
    }
}
