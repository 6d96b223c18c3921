import Foundation
import MediaModel
import Planning
import TestSupport
import Testing

@testable import Transcoding

/// HDR comes down from the peak that its metadata states, in whatever form it is stored.
@Suite(.serialized) struct HDRPeakTests {
    /// A chart with its metadata and the peak that is to be believed.
    private static let peaks: [(chart: LightChart, peak: Double)] = [
        (LightChart(name: "cll-400", contentLight: 400), 400),
        (LightChart(name: "cll-4000", contentLight: 4000), 4000),
        (LightChart(name: "cll-below-display", contentLight: 500, masteringPeak: 4000), 500),
        (LightChart(name: "display-only-600", masteringPeak: 600), 600),
        (LightChart(name: "display-only-4000", masteringPeak: 4000), 4000),
        // Nothing can be meant by these: 1000 nits, as most films are graded.
        (LightChart(name: "nothing"), 1000),
        (LightChart(name: "cll-0-display-0", contentLight: 0, masteringPeak: 0), 1000),
        (LightChart(name: "display-200000", masteringPeak: 200_000), 1000),
        (LightChart(name: "cll-65535", contentLight: 65_535), 1000),
        (LightChart(name: "cll-1", contentLight: 1), 1000),
        // The one that cannot be does not hide the one that can.
        (LightChart(name: "cll-65535-display-600", contentLight: 65_535, masteringPeak: 600), 600),
    ]

    @Test(arguments: peaks.indices) func theStatedPeakIsWhite(index: Int) async throws {
        let (chart, peak) = Self.peaks[index]
        let file = try await chart.file()
        try await expectMetadata(file, of: chart)
        let run = try await FilmRun(file)
        #expect(run.plan.video?.picture.toneMapPeakNits == peak)
        let found = ColourChart.patches(
            try await FilmOracle.pixels(try run.rung()), width: 320, height: 180)
        let expected = chart.expected(peak: peak)
        ColourChart.expect(found, like: expected, within: 1, chart.name)
        // Each of these peaks shows: with another one the same chart would be caught.
        for other in [400.0, 600, 1000, 4000] where abs(other / peak - 1) > 0.25 {
            let distances = zip(expected, chart.expected(peak: other)).map {
                LabColor($0).distance(to: LabColor($1))
            }
            #expect((distances.max() ?? 0) > 2, "\(peak) and \(other) nits look the same")
        }
    }

    /// The oracle of the fixture: what `ffprobe` reads of it.
    private func expectMetadata(_ file: URL, of chart: LightChart) async throws {
        let output = try await Program("ffprobe").run([
            "-v", "error", "-select_streams", "v:0", "-read_intervals", "%+#1", "-show_frames",
            "-print_format", "json", file.path,
        ])
        let data =
            try JSONValue(parsing: output)["frames"]?.array?.first?["side_data_list"]?.array ?? []
        let light = data.compactMap { $0["max_content"]?.int }.first ?? 0
        #expect(light == chart.contentLight ?? 0, "\(data)")
        let display = data.compactMap { $0["max_luminance"]?.string }.first ?? "0/10000"
        #expect(display == "\((chart.masteringPeak ?? 0) * 10_000)/10000", "\(data)")
    }

    /// Dim enough for every gamut, light enough to be bent.
    private static let colours: [[Double]] = [
        [0.1, 0.1, 0.1], [100, 100, 100], [600, 600, 600], [220, 120, 100], [90, 150, 100],
        [70, 80, 160], [300, 260, 120], [180, 150, 140],
    ]

    @Test(arguments: [
        LightChart(name: "full-range", patches: colours, isFullRange: true),
        LightChart(name: "12-bit", patches: colours, pixelFormat: "yuv444p12le"),
        LightChart(name: "4-2-0", patches: colours, pixelFormat: "yuv420p10le"),
        LightChart(
            name: "4-2-0-12-bit-full", patches: colours, pixelFormat: "yuv420p12le",
            isFullRange: true),
        LightChart(name: "4-2-2", patches: colours, pixelFormat: "yuv422p10le"),
        LightChart(
            name: "odd", patches: colours, width: 321, height: 181, pixelFormat: "yuv420p10le"),
        LightChart(
            name: "odd-full", patches: colours, width: 319, height: 179, pixelFormat: "yuv422p10le",
            isFullRange: true),
    ])
    func everyFormOfHDRShowsTheSameColours(chart: LightChart) async throws {
        let run = try await FilmRun(try await chart.file())
        let video = try #require(try await FFprobe(try run.rung()).video)
        #expect(video.colorTransfer == "bt709" && video.colorRange == "tv")
        let (width, height) = (video.width ?? 0, video.height ?? 0)
        #expect(abs(width - chart.width) <= 1 && abs(height - chart.height) <= 1)
        let found = ColourChart.patches(
            try await FilmOracle.pixels(try run.rung()), width: width, height: height)
        ColourChart.expect(found, like: chart.expected(peak: 1000), within: 1.5, chart.name)
    }

    /// Colours that BT.709 has not: they come out as strong as it can, of their own hue, and never as
    /// code values that a decoder has to cut.
    @Test func coloursOutsideOfBT709KeepTheirHue() async throws {
        // Full red, yellow, green, cyan, blue, magenta, orange of BT.2020, and white.
        let strong: [[Double]] = [
            [150, 0, 0], [150, 150, 0], [0, 150, 0], [0, 150, 150], [0, 0, 150], [150, 0, 150],
            [150, 60, 0], [150, 150, 150],
        ]
        let chart = LightChart(name: "gamut", patches: strong)
        let run = try await FilmRun(try await chart.file())
        let rung = try run.rung()
        let found = ColourChart.patches(
            try await FilmOracle.pixels(rung), width: 320, height: 180)
        for (found, nits) in zip(found.dropLast(), strong) {
            let hue = LabColor(found).hue
            let meant = LabColor.hue(linear: LightChart.light(nits))
            let turn = abs((hue - meant + 540).truncatingRemainder(dividingBy: 360) - 180)
            print("HDR gamut: \(nits) became \(found), its hue turned by \(turn)°")
            #expect(turn <= 15, "\(nits) became \(found): its hue turned by \(turn)°")
            // Strong still: no grey, no black.
            #expect((found.max() ?? 0) - (found.min() ?? 0) > 100, "\(found)")
        }
        let output = try await Program("ffmpeg").run([
            "-v", "error", "-nostdin", "-allowed_extensions", "ALL", "-i", rung.path, "-frames:v",
            "1", "-pix_fmt", "yuv420p", "-f", "rawvideo", "-",
        ])
        let samples = Array(output)
        let (luma, chroma) = (samples.prefix(320 * 180), samples.dropFirst(320 * 180))
        #expect((luma.min() ?? 0) >= 14 && (luma.max() ?? 255) <= 237, "luma")
        #expect((chroma.min() ?? 0) >= 14 && (chroma.max() ?? 255) <= 242, "chroma")
    }
}

extension LabColor {
    /// In degrees.
    fileprivate var hue: Double { atan2(b, a) * 180 / .pi }

    /// The hue in CIE Lab of light in BT.709's primaries, which may lie outside of them.
    fileprivate static func hue(linear: [Double]) -> Double {
        // IEC 61966-2-1's matrix, then CIE 15.
        let rows = [
            [0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750],
            [0.0193339, 0.1191920, 0.9503041],
        ]
        let xyz = rows.map { row in zip(row, linear).reduce(0) { $0 + $1.0 * $1.1 } }
        func f(_ t: Double) -> Double {
            t > 216.0 / 24_389 ? cbrt(t) : (24_389.0 / 27 * t + 16) / 116
        }
        let values = [f(xyz[0] / 0.95047), f(xyz[1]), f(xyz[2] / 1.08883)]
        return atan2(200 * (values[1] - values[2]), 500 * (values[0] - values[1])) * 180 / .pi
    }
}
