import Foundation
import TestSupport
import Testing

/// A film of eight upright patches in PQ and BT.2020, in any of the forms that HDR comes in, and what
/// an ordinary display is to show of it: calculated from the standards' definitions.
struct LightChart: Sendable, CustomTestStringConvertible {
    var name: String
    /// Nits of red, green and blue of each patch, in BT.2020.
    var patches: [[Double]] = Self.greys
    var width = 320
    var height = 180
    var pixelFormat = "yuv444p10le"
    var isFullRange = false
    /// MaxCLL, in nits; nil = not said.
    var contentLight: Int?
    /// Of the mastering display, in nits; nil = not said.
    var masteringPeak: Int?

    var testDescription: String { name }

    /// From black to what no display shows.
    static let greys = [0.1, 20, 80, 160, 240, 320, 390, 900].map { [$0, $0, $0] }

    func file() async throws -> URL {
        try await Fixtures.shared.file("light-\(name).mkv") { url in
            let depth = pixelFormat.contains("12") ? 12 : 10
            let codes = patches.map { Self.codes($0, depth: depth, isFullRange: isFullRange) }
            func plane(_ index: Int) -> String {
                // W is that of the plane.
                codes.dropLast().enumerated().reversed().reduce("\(codes[7][index])") {
                    "if(lt(8*X,\($1.offset + 1)*W),\($1.element[index]),\($0))"
                }
            }
            var parameters = [
                "log-level=none", "qp=2", "colorprim=bt2020", "transfer=smpte2084",
                "colormatrix=bt2020nc", "range=\(isFullRange ? "full" : "limited")",
            ]
            if let contentLight { parameters.append("max-cll=\(contentLight),100") }
            if let masteringPeak {
                // Display P3 with D65, in units of 0.00002 and 0.0001 nits.
                parameters.append(
                    "master-display=G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)"
                        + "L(\(masteringPeak * 10_000),50)")
            }
            let range = isFullRange ? "pc" : "tv"
            try await Program("ffmpeg").run([
                "-v", "error", "-f", "lavfi", "-i",
                "color=black:size=\(width)x\(height):rate=10:duration=0.3,format=\(pixelFormat),"
                    + "geq=lum='\(plane(0))':cb='\(plane(1))':cr='\(plane(2))',"
                    + "setparams=range=\(range):color_primaries=bt2020:color_trc=smpte2084"
                    + ":colorspace=bt2020nc",
                "-c:v", "libx265", "-preset", "ultrafast", "-pix_fmt", pixelFormat,
                "-color_range", range, "-color_primaries", "bt2020", "-color_trc", "smpte2084",
                "-colorspace", "bt2020nc", "-x265-params", parameters.joined(separator: ":"),
                url.path,
            ])
        }
    }

    /// Light of a display, in nits, as the signal that stands for it: SMPTE ST 2084, 5.
    static func signal(nits: Double) -> Double {
        let power = pow(nits / 10_000, 0.1593017578125)
        return pow((0.8359375 + 18.8515625 * power) / (1 + 18.6875 * power), 78.84375)
    }

    /// Y, Cb, Cr of BT.2020: ITU-R BT.2100, table 9.
    private static func codes(_ nits: [Double], depth: Int, isFullRange: Bool) -> [Int] {
        let signal = nits.map(signal)
        let y = 0.2627 * signal[0] + 0.6780 * signal[1] + 0.0593 * signal[2]
        let chroma = [(signal[2] - y) / 1.8814, (signal[0] - y) / 1.4746]
        let unit = Double(1 << (depth - 8))
        let whole = Double(1 << depth) - 1
        let luma = isFullRange ? whole * y : (219 * y + 16) * unit
        return [Int(luma.rounded())]
            + chroma.map {
                Int(((isFullRange ? whole * $0 : 224 * $0 * unit) + 128 * unit).rounded())
            }
    }

    /// Light in BT.709's primaries, where reference white is 1: ITU-R BT.2087 and BT.2408.
    static func light(_ nits: [Double]) -> [Double] {
        let matrix = [
            [1.6605, -0.5876, -0.0728], [-0.1246, 1.1329, -0.0083], [-0.0182, -0.1006, 1.1187],
        ]
        return matrix.map { row in zip(row, nits).reduce(0) { $0 + $1.0 * $1.1 } / 203 }
    }

    /// The largest of the three follows a Moebius transformation, from 0.3 up, that brings the peak
    /// to white; the others keep their share of it.
    static func shown(_ nits: [Double], peak: Double) -> [UInt8] {
        let light = light(nits)
        let (largest, top, knee) = (light.max() ?? 0, peak / 203, 0.3)
        let a = -knee * knee * (top - 1) / (knee * knee - 2 * knee + top)
        let b = (knee * knee - 2 * knee * top + top) / (top - 1)
        let mapped =
            largest <= knee
            ? largest
            : (b * b + 2 * b * knee + knee * knee) / (b - a) * (largest + a) / (largest + b)
        return light.map { value in
            let signal = pow(max(0, value * mapped / largest), 1 / 2.4)
            return UInt8(min(255, (signal * 255).rounded()))
        }
    }

    func expected(peak: Double) -> [[UInt8]] { patches.map { Self.shown($0, peak: peak) } }
}
