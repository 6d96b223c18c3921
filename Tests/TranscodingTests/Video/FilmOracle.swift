import Foundation
import TestSupport

/// What `ffmpeg` and `ffprobe` see in a file.
enum FilmOracle {
    /// One frame as packed RGB, converted with the tags the file has.
    static func pixels(_ file: URL, at seconds: Double = 0) async throws -> [UInt8] {
        var arguments = ["-v", "error", "-nostdin"] + playlist(file)
        arguments += [
            "-i", file.path, "-ss", "\(seconds)", "-frames:v", "1",
            "-vf",
            "scale=in_color_matrix=bt709:in_range=limited"
                + ":flags=accurate_rnd+full_chroma_int,format=rgb24",
            "-f", "rawvideo", "-",
        ]
        return Array(try await Program("ffmpeg").run(arguments))
    }

    /// The colour in the middle of each quarter, each channel as 0 or 1, row by row.
    static func corners(_ file: URL) async throws -> [String] {
        let output = try await Program("ffmpeg").run(
            ["-v", "error", "-nostdin"] + playlist(file) + [
                "-i", file.path, "-frames:v", "1", "-vf", "scale=8:8:flags=area,format=rgb24",
                "-f", "rawvideo", "-",
            ])
        let bytes = Array(output)
        return [(2, 2), (5, 2), (2, 5), (5, 5)].map { x, y in
            let start = (y * 8 + x) * 3
            return bytes[start..<(start + 3)].map { $0 > 100 ? "1" : "0" }.joined()
        }
    }

    /// Presentation times of key frames, in seconds.
    static func keyFrameTimes(_ file: URL) async throws -> [Double] {
        let output = try await Program("ffprobe").run(
            ["-v", "error"] + playlist(file) + [
                "-select_streams", "v:0", "-show_entries", "packet=pts_time,flags", "-of",
                "csv=p=0",
                "-i", file.path,
            ])
        return String(decoding: output, as: UTF8.self).split(separator: "\n").compactMap { line in
            let fields = line.split(separator: ",")
            guard fields.count >= 2, fields[1].hasPrefix("K") else { return nil }
            return Double(fields[0])
        }
    }

    /// When the picture turns bright, in seconds.
    static func brightTimes(_ file: URL) async throws -> [Double] {
        let output = try await Program("ffmpeg").result(
            ["-v", "info", "-nostdin"] + playlist(file) + [
                "-i", file.path, "-map", "0:v:0", "-vf",
                "signalstats,metadata=print:key=lavfi.signalstats.YAVG:file=-", "-f", "null", "-",
            ]
        ).text
        var times: [Double] = []
        var time = 0.0
        var wasBright = false
        for line in output.split(separator: "\n") {
            if let range = line.range(of: "pts_time:") {
                time = Double(line[range.upperBound...].prefix { !$0.isWhitespace }) ?? 0
            }
            if let range = line.range(of: "YAVG=") {
                let isBright = (Double(line[range.upperBound...]) ?? 0) > 120
                if isBright, !wasBright { times.append(time) }
                wasBright = isBright
            }
        }
        return times
    }

    /// When the sound sets in, in seconds; `ffmpeg` takes the encoder's priming off.
    static func loudTimes(_ file: URL) async throws -> [Double] {
        let rate = 48_000
        let samples = try await ToneCode.samples(of: file, sampleRate: rate)
        var times: [Double] = []
        var lastLoud = -rate
        for (index, sample) in samples.enumerated() where abs(sample) > 0.2 {
            if index - lastLoud > rate / 2 { times.append(Double(index) / Double(rate)) }
            lastLoud = index
        }
        return times
    }

    private static func playlist(_ file: URL) -> [String] {
        file.pathExtension == "m3u8" ? ["-allowed_extensions", "ALL"] : []
    }
}
