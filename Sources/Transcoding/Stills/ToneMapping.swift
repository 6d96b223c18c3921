import Foundation
import Planning
import Vips

/// Brings an HDR still down to what ordinary displays show, as `PictureFilter` does with films: light
/// in the primaries of the result, then ``ToneCurve``, by the largest of the three channels so that
/// hues stay.
struct ToneMapping {
    private let color: PlannedColor
    private let gamut: Picture.Gamut
    /// Displays' peak relative to the reference white.
    private let peak: Double
    private let matrix: [Float]

    /// - Parameters:
    ///   - color: with a peak to tone-map from.
    ///   - gamut: of the result.
    init(_ color: PlannedColor, to gamut: Picture.Gamut) {
        self.color = color
        self.gamut = gamut
        peak = max(1, (color.toneMapPeakNits ?? 0) / ToneCurve.referenceWhite)
        let source = Matrix3.toXYZ(color.chromaticities)
        matrix = (Matrix3.toXYZ(Self.primaries(gamut)).inverse * source).values.map(Float.init)
    }

    private static func primaries(_ gamut: Picture.Gamut) -> [Double] {
        gamut == .sRGB ? PlannedColor.primariesSRGB : PlannedColor.primariesP3
    }

    /// Of a piece.
    private static let rows = 512

    /// - Parameter image: grey or three colours with or without alpha, of 8 or 16 bits.
    /// - Returns: three or four channels of 8 bits, in memory; with a profile unless they are sRGB.
    func apply(_ image: Image) throws(VipsError) -> Image {
        let light = lightTable(image)
        do {
            let mapped = try Image.packed(
                width: image.width, height: image.height, bands: image.hasAlpha ? 4 : 3
            ) { bytes in
                // In pieces: the samples of a whole picture may be too many for memory.
                for top in stride(from: 0, to: image.height, by: Self.rows) {
                    let piece = try image.extractingArea(
                        left: 0, top: top, width: image.width,
                        height: min(Self.rows, image.height - top))
                    map(try piece.pixels(), of: piece, light, into: &bytes, row: top)
                }
            }
            guard gamut != .sRGB else { return mapped }
            let meaning = PlannedColor(
                chromaticities: Self.primaries(gamut), curve: .sRGB)
            return try mapped.editingMetadata {
                $0.set(Field.iccProfile, ICCProfile.bytes(meaning: meaning, isGrey: false))
            }
        } catch let error as VipsError {
            throw error
        } catch {
            throw VipsError(operation: "tone mapping", detail: "\(error)")
        }
    }

    private func map(
        _ samples: [UInt8], of image: Image, _ light: [Float], into bytes: inout MutableSpan<UInt8>,
        row: Int
    ) {
        let isDeep = image.format == .ushort
        let isGrey = image.colourCount < 3
        let step = isDeep ? 2 : 1
        func sample(_ index: Int) -> Int {
            isDeep ? Int(samples[index]) | Int(samples[index + 1]) << 8 : Int(samples[index])
        }
        let white = Float(ToneCurve.referenceWhite)
        var place = row * image.width * (image.hasAlpha ? 4 : 3)
        for pixel in 0..<image.width * image.height {
            let start = pixel * image.bands * step
            var red = light[sample(start)]
            var green = isGrey ? red : light[sample(start + step)]
            var blue = isGrey ? red : light[sample(start + 2 * step)]
            if color.curve == .hybridLogGamma {
                // ITU-R BT.2100: from the scene to a display of 1000 nits.
                let luminance = 0.2627 * red + 0.6780 * green + 0.0593 * blue
                let gain = Float(pow(Double(luminance), 0.2)) * 1000 / white
                (red, green, blue) = (red * gain, green * gain, blue * gain)
            }
            let out = (
                matrix[0] * red + matrix[1] * green + matrix[2] * blue,
                matrix[3] * red + matrix[4] * green + matrix[5] * blue,
                matrix[6] * red + matrix[7] * green + matrix[8] * blue
            )
            let largest = max(out.0, out.1, out.2)
            let scale =
                largest > Float(ToneCurve.linearPart)
                ? Float(ToneCurve.mobius(Double(largest), peak: peak)) / largest : 1
            bytes[place] = Self.encoded(out.0 * scale)
            bytes[place + 1] = Self.encoded(out.1 * scale)
            bytes[place + 2] = Self.encoded(out.2 * scale)
            place += 3
            if image.hasAlpha {
                let alpha = sample(start + (image.bands - 1) * step)
                // The upper byte, where codecs leave the lowest bits of white empty as well.
                bytes[place] = UInt8(isDeep ? alpha >> 8 : alpha)
                place += 1
            }
        }
    }

    /// sRGB's curve, finer than its 256 steps are anywhere.
    private static let curve: [UInt8] = (0...16_384).map { step in
        let light = Double(step) / 16_384
        let value = light <= 0.0031308 ? light * 12.92 : 1.055 * pow(light, 1 / 2.4) - 0.055
        return UInt8((value * 255).rounded())
    }

    private static func encoded(_ light: Float) -> UInt8 {
        curve[Int((min(1, max(0, light)) * 16_384).rounded())]
    }

    /// Light for every value of a sample: of a display, 1 = reference white (PQ), or of the scene,
    /// 1 = its brightest (HLG).
    private func lightTable(_ image: Image) -> [Float] {
        let isDeep = image.format == .ushort
        // Ten bits come as the upper ones of sixteen.
        let unused = isDeep ? 16 - min(16, image.int(Field.bitDepthHEIF) ?? 16) : 0
        let largest = Double((isDeep ? 65_535 : 255) >> unused)
        return (0...(isDeep ? 65_535 : 255)).map { value in
            let signal = Double(value) / Double(1 << unused) / largest
            return Float(light(min(1, signal)))
        }
    }

    private func light(_ signal: Double) -> Double {
        if color.curve == .hybridLogGamma {
            let (a, b, c) = (0.17883277, 0.28466892, 0.55991073)
            return signal <= 0.5 ? signal * signal / 3 : (exp((signal - c) / a) + b) / 12
        }
        // SMPTE ST 2084, 5.
        let power = pow(signal, 1 / 78.84375)
        let ratio = max(power - 0.8359375, 0) / (18.8515625 - 18.6875 * power)
        return pow(ratio, 1 / 0.1593017578125) * 10_000 / ToneCurve.referenceWhite
    }
}
