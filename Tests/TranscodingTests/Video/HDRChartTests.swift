import Foundation
import MediaModel
import Planning
import TestSupport
import Testing

@testable import Transcoding

/// Charts in PQ and HLG against what the standards and the tone map's formula make of them, calculated
/// here from the definitions: nothing of FFmpeg, zimg or the product.
struct HDRChartTests {
    /// Signals in BT.2020, 0…1: dark, middle and light grey, and colours of every hue.
    private static let signals: [[Double]] = [
        [0.20, 0.20, 0.20], [0.45, 0.45, 0.45], [0.68, 0.68, 0.68], [0.62, 0.45, 0.40],
        [0.42, 0.60, 0.40], [0.38, 0.42, 0.62], [0.66, 0.58, 0.36], [0.55, 0.47, 0.44],
    ]

    private enum Transfer: String, CaseIterable {
        case pq = "smpte2084"
        case hlg = "arib-std-b67"

        /// Light of a display in nits.
        func light(_ signal: [Double]) -> [Double] {
            switch self {
            case .pq:
                // SMPTE ST 2084, 5.
                return signal.map { value in
                    let power = pow(value, 1 / 78.84375)
                    return 10_000
                        * pow(
                            max(power - 0.8359375, 0) / (18.8515625 - 18.6875 * power),
                            1 / 0.1593017578125)
                }
            case .hlg:
                // ITU-R BT.2100, table 5: scene light, then by its luminance to 1000 nits.
                let scene = signal.map { value in
                    value <= 0.5
                        ? value * value / 3
                        : (exp((value - 0.55991073) / 0.17883277) + 0.28466892) / 12
                }
                let luminance = 0.2627 * scene[0] + 0.6780 * scene[1] + 0.0593 * scene[2]
                return scene.map { 1000 * pow(luminance, 0.2) * $0 }
            }
        }
    }

    /// 10-bit limited Y, Cb, Cr of BT.2020.
    private static func codes(_ signal: [Double]) -> [Int] {
        let y = 0.2627 * signal[0] + 0.6780 * signal[1] + 0.0593 * signal[2]
        let cb = (signal[2] - y) / 1.8814
        let cr = (signal[0] - y) / 1.4746
        return [
            Int((64 + 876 * y).rounded()), Int((512 + 896 * cb).rounded()),
            Int((512 + 896 * cr).rounded()),
        ]
    }

    @Test(arguments: Transfer.allCases)
    private func everyPatchComesOutAsCalculated(transfer: Transfer) async throws {
        let file = try await ColourChart.film(
            "exact-\(transfer)", Self.signals.map(Self.codes),
            [
                "-color_primaries", "bt2020", "-color_trc", transfer.rawValue, "-colorspace",
                "bt2020nc",
            ])
        let run = try await FilmRun(file)
        let peak = try #require(run.plan.video?.picture.toneMapPeakNits)
        #expect(peak == 1000)
        let found = ColourChart.patches(
            try await FilmOracle.pixels(try run.rung()), width: 320, height: 180)
        let expected = Self.signals.map { LightChart.shown(transfer.light($0), peak: peak) }
        print("HDR chart \(transfer): \(found) for \(expected)")
        ColourChart.expect(found, like: expected, within: 1, transfer.rawValue)
    }
}
