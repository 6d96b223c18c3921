import Foundation
import TestSupport

/// A film as `ffprobe` sees it, to hold what is made of it against.
struct FilmFacts {
    let stream: FFprobe.Stream
    /// As it is meant to be seen: upright, with square pixels.
    let width: Double
    let height: Double
    /// When each frame that is shown begins, ascending, in the file's own seconds.
    let times: [Double]
    /// When the last one ends.
    let end: Double
    let isInterlaced: Bool
    let isTopFieldFirst: Bool

    /// - Parameter clean: what of the coded picture is to be seen, in its pixels, when that is less.
    init(_ file: URL, clean: (width: Double, height: Double)? = nil) async throws {
        let probe = try await FFprobe(file)
        guard let stream = probe.video else { throw FilmRunError("\(file.path): no picture") }
        self.stream = stream
        let arguments = ["-v", "error"] + (file.pathExtension == "m3u8" ? Self.playlist : [])
        let output = try await Program("ffprobe").run(
            arguments + [
                "-select_streams", "v:0", "-show_entries",
                "frame=best_effort_timestamp_time,duration_time,pkt_duration_time"
                    + ",interlaced_frame,top_field_first",
                "-print_format", "json", "-i", file.path,
            ])
        let frames = try JSONValue(parsing: output)["frames"]?.array ?? []
        times = frames.compactMap { $0["best_effort_timestamp_time"]?.double }.sorted()
        guard let last = times.last else { throw FilmRunError("\(file.path): no frame") }
        // Its name in FFmpeg 5 and in later ones.
        let durations = ["duration_time", "pkt_duration_time"].compactMap {
            frames.last?[$0]?.double
        }
        let usual =
            times.count > 1 ? (last - times[0]) / Double(times.count - 1) : 0
        end = last + (durations.first ?? usual)
        isInterlaced = frames.contains { $0["interlaced_frame"]?.int == 1 }
        isTopFieldFirst = frames.first?["top_field_first"]?.int == 1

        let shape = (stream.sampleAspectRatio ?? "1:1").split(separator: ":")
            .compactMap { Double($0) }
        let aspect = shape.count == 2 && shape[0] > 0 ? shape[0] / shape[1] : 1
        let whole = clean ?? (Double(stream.width ?? 0), Double(stream.height ?? 0))
        let coded = (whole.width * aspect, whole.height)
        let turn =
            (stream.fields["side_data_list"]?.array ?? [])
            .compactMap { $0["rotation"]?.double }.first ?? 0
        let isTurned = Int(turn.rounded()) % 180 != 0
        (width, height) = isTurned ? (coded.1, coded.0) : coded
    }

    private static let playlist = ["-allowed_extensions", "ALL"]

    /// From the first frame's beginning to the last one's end.
    var seconds: Double { end - (times.first ?? end) }

    /// Of the longest frame but the last.
    var longestFrame: Double { zip(times, times.dropFirst()).map { $1 - $0 }.max() ?? seconds }
}

/// A picture as 32 × 32 means of its colours: what an eye compares, without the edges.
struct ColourCells {
    static let side = 32
    private let pixels: [UInt8]

    /// - Parameters:
    ///   - number: which frame, in the order shown.
    ///   - filter: to BT.709, limited range, when the file is something else.
    init(_ file: URL, frame number: Int = 0, filter: String? = nil) async throws {
        var arguments = ["-v", "error", "-nostdin"]
        if file.pathExtension == "m3u8" { arguments += ["-allowed_extensions", "ALL"] }
        let isStill = ["jpg", "webp", "png"].contains(file.pathExtension)
        let scale = "scale=\(Self.side):\(Self.side):flags=area+accurate_rnd+full_chroma_int"
        let chain = [
            filter,
            // In the end alone: a deinterlacer wants to see the frames before.
            "select=eq(n\\,\(number))",
            scale + (isStill ? "" : ":in_color_matrix=bt709:in_range=limited"), "format=rgb24",
        ].compactMap { $0 }.joined(separator: ",")
        arguments += [
            "-i", file.path, "-map", "0:v:0", "-vf", chain, "-frames:v", "1", "-f", "rawvideo", "-",
        ]
        pixels = Array(try await Program("ffmpeg").run(arguments))
        guard pixels.count == Self.side * Self.side * 3 else {
            throw FilmRunError("no frame \(number) in \(file.lastPathComponent)")
        }
    }

    /// Mean of the CIE76 distances.
    func distance(to other: ColourCells) -> Double {
        let distances = stride(from: 0, to: pixels.count, by: 3).map { start in
            LabColor(Array(pixels[start..<start + 3]))
                .distance(to: LabColor(Array(other.pixels[start..<start + 3])))
        }
        return distances.reduce(0, +) / Double(distances.count)
    }

    /// 0…255.
    var meanLuma: Double {
        let weights = [0.2126, 0.7152, 0.0722]
        var sum = 0.0
        for (index, value) in pixels.enumerated() { sum += weights[index % 3] * Double(value) }
        return sum * 3 / Double(pixels.count)
    }
}

/// The way from a source's colours to BT.709 SDR as FFmpeg's filters go it, by what the source's
/// documentation or tags say.
struct ReferenceColour: Sendable {
    var matrix = "bt709"
    var primaries = "bt709"
    var transfer = "bt709"
    var isFullRange = false
    /// Tone-mapped down from this, in nits; nil = SDR.
    var peak: Double?

    static let hlg = ReferenceColour(
        matrix: "bt2020nc", primaries: "bt2020", transfer: "arib-std-b67", peak: 1000)
    static let pq = ReferenceColour(
        matrix: "bt2020nc", primaries: "bt2020", transfer: "smpte2084", peak: 1000)

    var filter: String {
        let range = isFullRange ? "full" : "limited"
        let source =
            "matrixin=\(matrix):primariesin=\(primaries):transferin=\(transfer):rangein=\(range)"
        guard let peak else {
            return "zscale=\(source):matrix=709:primaries=709:transfer=709:range=limited"
                + ",format=yuv444p"
        }
        // Reference white of 203 nits: ITU-R BT.2408.
        return "zscale=\(source):transfer=linear:npl=203,format=gbrpf32le,zscale=primaries=709"
            + ",tonemap=mobius:param=0.3:desat=0:peak=\(peak / 203)"
            + ",zscale=transfer=709:matrix=709:range=limited,format=yuv444p"
    }
}
