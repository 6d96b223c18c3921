import Foundation
import MediaModel
import Planning
import TestSupport
import Testing

@testable import Transcoding

/// Standard-range films whose colours are not tagged, or tagged as television's: what comes out is
/// held against arithmetic from the chromaticities in the standards.
@Suite(.serialized) struct SDRColourTests {
    /// As they should be seen, 8-bit BT.709.
    private static let patches: [[UInt8]] = [
        [230, 230, 230], [120, 120, 120], [40, 40, 40], [180, 70, 60], [70, 140, 80],
        [60, 80, 160], [200, 170, 60], [190, 140, 120],
    ]

    /// x and y of red, green and blue; white is D65 in all.
    private enum Primaries: String {
        case bt709, smpte170m, bt470bg

        var points: [[Double]] {
            switch self {
            // ITU-R BT.709-6, 1.
            case .bt709: [[0.64, 0.33], [0.30, 0.60], [0.15, 0.06]]
            // SMPTE ST 170, 9.
            case .smpte170m: [[0.630, 0.340], [0.310, 0.595], [0.155, 0.070]]
            // ITU-R BT.470-6, system B/G.
            case .bt470bg: [[0.64, 0.33], [0.29, 0.60], [0.15, 0.06]]
            }
        }

        /// Rows of the matrix from linear RGB to CIE XYZ.
        var toXYZ: [[Double]] {
            let columns = points.map { [$0[0] / $0[1], 1, (1 - $0[0] - $0[1]) / $0[1]] }
            let rows = (0..<3).map { row in columns.map { $0[row] } }
            let white = [0.3127 / 0.3290, 1, (1 - 0.3127 - 0.3290) / 0.3290]
            let sums = multiply(inverse(rows), white)
            return rows.map { row in zip(row, sums).map { $0 * $1 } }
        }
    }

    private enum Matrix: String {
        case bt709, smpte170m

        /// Luma's weights of red and blue: ITU-R BT.709 and BT.601.
        var weights: (red: Double, blue: Double) {
            self == .bt709 ? (0.2126, 0.0722) : (0.299, 0.114)
        }
    }

    /// 10-bit limited Y, Cb, Cr of a BT.709 colour in other primaries, as displays show them (gamma
    /// 2.4, ITU-R BT.1886).
    private static func codes(_ rgb: [UInt8], _ primaries: Primaries, _ matrix: Matrix) -> [Int] {
        let light = rgb.map { pow(Double($0) / 255, 2.4) }
        let other = multiply(inverse(primaries.toXYZ), multiply(Primaries.bt709.toXYZ, light))
        let signal = other.map { pow(max(0, $0), 1 / 2.4) }
        let (red, blue) = matrix.weights
        let y = red * signal[0] + (1 - red - blue) * signal[1] + blue * signal[2]
        let cb = (signal[2] - y) / (2 * (1 - blue))
        let cr = (signal[0] - y) / (2 * (1 - red))
        return [
            Int((64 + 876 * y).rounded()), Int((512 + 896 * cb).rounded()),
            Int((512 + 896 * cr).rounded()),
        ]
    }

    private struct Television: Sendable {
        var name: String
        var primaries: Primaries
        var matrix: Matrix
        var size = "320x180"
        /// nil = nothing is tagged.
        var transfer: String?
    }

    private static let films: [Television] = [
        // What players assume: small is BT.601 and its primaries, 720 lines are BT.709.
        Television(name: "untagged-sd", primaries: .smpte170m, matrix: .smpte170m),
        Television(name: "untagged-hd", primaries: .bt709, matrix: .bt709, size: "1280x720"),
        Television(
            name: "untagged-576", primaries: .smpte170m, matrix: .smpte170m, size: "720x576"),
        Television(
            name: "ntsc", primaries: .smpte170m, matrix: .smpte170m, transfer: "smpte170m"),
        Television(name: "pal", primaries: .bt470bg, matrix: .smpte170m, transfer: "bt709"),
        Television(
            name: "ntsc-hd", primaries: .smpte170m, matrix: .bt709, size: "1280x720",
            transfer: "bt709"),
    ]

    @Test(arguments: films.indices) func televisionsColoursAreConverted(index: Int) async throws {
        let film = Self.films[index]
        let file = try await Self.file(film)
        let probe = try #require(try await FFprobe(file).video)
        #expect(probe.colorPrimaries == (film.transfer == nil ? nil : film.primaries.rawValue))
        #expect(probe.colorSpace == (film.transfer == nil ? nil : film.matrix.rawValue))
        let run = try await FilmRun(file)
        let video = try #require(try await FFprobe(try run.rung()).video)
        #expect(video.colorPrimaries == "bt709" && video.colorSpace == "bt709")
        let (width, height) = (video.width ?? 0, video.height ?? 0)
        let found = ColourChart.patches(
            try await FilmOracle.pixels(try run.rung()), width: width, height: height)
        ColourChart.expect(found, like: Self.patches, within: 1.5, film.name)
        // The other reading of the same numbers would show.
        if film.primaries != .bt709 {
            let plain = Self.patches.map { Self.codes($0, .bt709, film.matrix) }
            let moved = zip(plain, Self.patches.map { Self.codes($0, film.primaries, film.matrix) })
            #expect(moved.contains { $0 != $1 })
        }
    }

    private static func file(_ film: Television) async throws -> URL {
        try await Fixtures.shared.file("television-\(film.name).mkv") { url in
            let codes = patches.map { Self.codes($0, film.primaries, film.matrix) }
            func plane(_ index: Int) -> String {
                codes.dropLast().enumerated().reversed().reduce("\(codes[7][index])") {
                    "if(lt(8*X,\($1.offset + 1)*W),\($1.element[index]),\($0))"
                }
            }
            var tags: [String] = []
            var marks = "null"
            if let transfer = film.transfer {
                let (primaries, matrix) = (film.primaries.rawValue, film.matrix.rawValue)
                tags = [
                    "-color_primaries", primaries, "-color_trc", transfer, "-colorspace", matrix,
                ]
                marks =
                    "setparams=color_primaries=\(primaries):color_trc=\(transfer)"
                    + ":colorspace=\(matrix)"
            }
            try await Program("ffmpeg").run(
                [
                    "-v", "error", "-f", "lavfi", "-i",
                    "color=black:size=\(film.size):rate=10:duration=0.3,format=yuv444p10le,"
                        + "geq=lum='\(plane(0))':cb='\(plane(1))':cr='\(plane(2))',\(marks)",
                    "-c:v", "libx264", "-qp", "2", "-preset", "ultrafast", "-pix_fmt",
                    "yuv444p10le",
                ] + tags + [url.path])
        }
    }

    /// Colours by a table: full-range RGB, whatever the size.
    @Test(arguments: ["png", "qtrle"]) func aPalettesColoursAreKept(codec: String) async throws {
        let file = try await Fixtures.shared.file("palette-\(codec).mov") { url in
            func plane(_ index: Int) -> String {
                Self.patches.dropLast().enumerated().reversed()
                    .reduce("\(Self.patches[7][index])") {
                        "if(lt(8*X,\($1.offset + 1)*W),\($1.element[index]),\($0))"
                    }
            }
            let exact =
                "split[a][b];[a]palettegen=reserve_transparent=0[p];[b][p]paletteuse=dither=none"
            try await Program("ffmpeg").run([
                "-v", "error", "-f", "lavfi", "-i",
                "color=black:size=320x180:rate=10:duration=0.3,format=rgb24,"
                    + "geq=r='\(plane(0))':g='\(plane(1))':b='\(plane(2))'"
                    + (codec == "png" ? ",\(exact)" : ""), "-c:v", codec, "-pix_fmt",
                codec == "png" ? "pal8" : "rgb24", url.path,
            ])
        }
        let format = try await FFprobe(file).video?.pixelFormat
        #expect(format == (codec == "png" ? "pal8" : "rgb24"))
        let run = try await FilmRun(file)
        let found = ColourChart.patches(
            try await FilmOracle.pixels(try run.rung()), width: 320, height: 180)
        ColourChart.expect(found, like: Self.patches, within: 1.5, codec)
    }
}

private func multiply(_ matrix: [[Double]], _ vector: [Double]) -> [Double] {
    matrix.map { row in zip(row, vector).reduce(0) { $0 + $1.0 * $1.1 } }
}

private func inverse(_ m: [[Double]]) -> [[Double]] {
    func minor(_ row: Int, _ column: Int) -> Double {
        let rows = [0, 1, 2].filter { $0 != row }
        let columns = [0, 1, 2].filter { $0 != column }
        let product = m[rows[0]][columns[0]] * m[rows[1]][columns[1]]
        let sign = (row + column) % 2 == 0 ? 1.0 : -1
        return sign * (product - m[rows[0]][columns[1]] * m[rows[1]][columns[0]])
    }
    let determinant = (0..<3).reduce(0) { $0 + m[0][$1] * minor(0, $1) }
    return (0..<3).map { row in (0..<3).map { minor($0, row) / determinant } }
}
