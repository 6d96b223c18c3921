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

extension LabColor {
    /// A colour by its coordinates.
    package init(lightness: Double, a: Double, b: Double) {
        self.lightness = lightness
        self.a = a
        self.b = b
    }

    /// CIEDE2000, in the steps and names of Sharma, Wu and Dalal (2005).
    package func difference2000(to other: LabColor) -> Double {
        let meanC = (hypot(a, b) + hypot(other.a, other.b)) / 2
        let stretch = 1 + 0.5 * (1 - (pow(meanC, 7) / (pow(meanC, 7) + pow(25, 7))).squareRoot())
        let (a1, a2) = (a * stretch, other.a * stretch)
        let (c1, c2) = (hypot(a1, b), hypot(a2, other.b))
        func hue(_ a: Double, _ b: Double) -> Double {
            guard a != 0 || b != 0 else { return 0 }
            let angle = atan2(b, a) * 180 / .pi
            return angle < 0 ? angle + 360 : angle
        }
        let (h1, h2) = (hue(a1, b), hue(a2, other.b))
        let isGrey = c1 * c2 == 0
        var turn = isGrey ? 0 : h2 - h1
        if turn > 180 { turn -= 360 } else if turn < -180 { turn += 360 }
        var meanH = h1 + h2
        if !isGrey {
            if abs(h1 - h2) > 180 { meanH += meanH < 360 ? 360 : -360 }
            meanH /= 2
        }
        func sine(_ degrees: Double) -> Double { sin(degrees * .pi / 180) }
        func cosine(_ degrees: Double) -> Double { cos(degrees * .pi / 180) }
        let deltaL = other.lightness - lightness
        let deltaC = c2 - c1
        let deltaH = 2 * (c1 * c2).squareRoot() * sine(turn / 2)
        let (meanL, meanC2) = ((lightness + other.lightness) / 2, (c1 + c2) / 2)
        var t = 1 - 0.17 * cosine(meanH - 30) + 0.24 * cosine(2 * meanH)
        t += 0.32 * cosine(3 * meanH + 6) - 0.20 * cosine(4 * meanH - 63)
        let offset = pow(meanL - 50, 2)
        let sl = 1 + 0.015 * offset / (20 + offset).squareRoot()
        let sc = 1 + 0.045 * meanC2
        let sh = 1 + 0.015 * meanC2 * t
        let rc = 2 * (pow(meanC2, 7) / (pow(meanC2, 7) + pow(25, 7))).squareRoot()
        let rt = -rc * sine(60 * exp(-pow((meanH - 275) / 25, 2)))
        let (l, c, h) = (deltaL / sl, deltaC / sc, deltaH / sh)
        return (l * l + c * c + h * h + rt * c * h).squareRoot()
    }
}
