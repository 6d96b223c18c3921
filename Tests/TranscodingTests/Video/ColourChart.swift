import Foundation
import TestSupport
import Testing

/// Films of eight upright patches side by side, 320x180, and what became of them.
enum ColourChart {
    /// - Parameters:
    ///   - codes: 10-bit limited Y, Cb, Cr of each patch.
    ///   - tags: `ffmpeg`'s options for what they mean.
    static func film(_ name: String, _ codes: [[Int]], _ tags: [String]) async throws -> URL {
        try await Fixtures.shared.file("chart-\(name).mkv") { url in
            func plane(_ index: Int, _ width: String) -> String {
                codes.dropLast().enumerated().reversed().reduce("\(codes[7][index])") {
                    "if(lt(X,\($1.offset + 1)*\(width)/8),\($1.element[index]),\($0))"
                }
            }
            // By the frames, too: since FFmpeg 7 an encoder believes them and not its options.
            let names = [
                "-color_primaries": "color_primaries", "-color_trc": "color_trc",
                "-colorspace": "colorspace",
            ]
            let marks = zip(tags, tags.dropFirst())
                .compactMap { name, value in names[name].map { "\($0)=\(value)" } }
                .joined(separator: ":")
            try await Program("ffmpeg").run(
                [
                    "-v", "error", "-f", "lavfi", "-i",
                    "color=black:size=320x180:rate=10:duration=1,format=yuv444p10le,"
                        + "geq=lum='\(plane(0, "W"))':cb='\(plane(1, "W"))':cr='\(plane(2, "W"))',"
                        + "setparams=\(marks)",
                    "-c:v", "libx264", "-qp", "2", "-preset", "ultrafast", "-pix_fmt",
                    "yuv444p10le", "-color_range", "tv",
                ] + tags + [url.path])
        }
    }

    /// The middle of each patch.
    static func patches(_ pixels: [UInt8], width: Int, height: Int) -> [[UInt8]] {
        (0..<8).map { patch in
            let start = (height / 2 * width + (patch * 2 + 1) * width / 16) * 3
            return Array(pixels[start..<start + 3])
        }
    }

    /// - Parameter limit: distance in CIE Lab.
    static func expect(
        _ found: [[UInt8]], like expected: [[UInt8]], within limit: Double, _ what: String
    ) {
        for (found, expected) in zip(found, expected) {
            let distance = LabColor(found).distance(to: LabColor(expected))
            #expect(distance <= limit, "\(what): \(found) instead of \(expected)")
        }
    }
}
