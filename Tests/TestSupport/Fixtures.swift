package import Foundation

/// Media made by code for one run of the tests; each kind is made once and shared.
///
/// Never change a file that comes from here: copy it first.
package actor Fixtures {
    package static let shared = Fixtures()

    private var directory: TemporaryDirectory?
    private var made: [String: Task<URL, any Error>] = [:]

    private func place() throws -> TemporaryDirectory {
        if let directory { return directory }
        let fresh = try TemporaryDirectory("fixtures")
        directory = fresh
        return fresh
    }

    /// The file of that name; made by `make` when it is asked for the first time.
    package func file(
        _ name: String, make: @escaping @Sendable (URL) async throws -> Void
    ) async throws -> URL {
        if let task = made[name] { return try await task.value }
        let url = try place().file(name)
        let task = Task { () async throws -> URL in
            try await make(url)
            return url
        }
        made[name] = task
        return try await task.value
    }
}

/// A film whose every frame carries its number (`FrameCode`) and whose every second its tone
/// (`ToneCode`).
package struct Film: Hashable, Sendable {
    package var width = 320
    package var height = 180
    /// Frames per second, as FFmpeg reads it: `25`, `30000/1001`.
    package var rate = "25"
    package var frameCount = 75
    /// FFmpeg encoder of the picture.
    package var codec = "libx264"
    package var codecOptions = ["-preset", "ultrafast", "-g", "25"]
    package var pixelFormat = "yuv420p"
    /// nil = a silent film.
    package var audioCodec: String? = "aac"
    package var channels = 2
    /// Container by file extension.
    package var container = "mp4"
    /// More arguments for the output: metadata, filters of the muxer.
    package var outputOptions: [String] = []
    /// A filter after the numbers are drawn: rotation, aspect, interlacing.
    package var filter: String?

    package init() {}

    package init(_ change: (inout Film) -> Void) { change(&self) }

    package var framesPerSecond: Double {
        let parts = rate.split(separator: "/").compactMap { Double($0) }
        return parts.count == 2 ? parts[0] / parts[1] : parts.first ?? 25
    }
    /// In seconds.
    package var duration: Double { Double(frameCount) / framesPerSecond }

    /// The film's file, made when it is asked for the first time in this run.
    package func file() async throws -> URL {
        let name = "film-\(UInt(bitPattern: hashValue)).\(container)"
        return try await Fixtures.shared.file(name) { try await make($0) }
    }

    /// Makes the film in a place of the caller's.
    package func make(_ url: URL) async throws {
        let codes = Data((0..<frameCount).flatMap(FrameCode.cells))
        var arguments = [
            "-v", "error", "-y",
            "-f", "lavfi", "-i",
            "testsrc2=size=\(width)x\(height):rate=\(rate):duration=\(duration + 1)",
            "-f", "rawvideo", "-pixel_format", "gray",
            "-video_size", "\(FrameCode.columns)x\(FrameCode.rows)", "-framerate", rate, "-i", "-",
        ]
        if audioCodec != nil {
            arguments += [
                "-f", "lavfi", "-i",
                ToneCode.source(seconds: duration, sampleRate: 48_000, channels: channels),
            ]
        }
        let chain = FrameCode.overlayFilter(width: width, height: height)
        arguments += [
            "-filter_complex", chain + (filter.map { ",\($0)" } ?? "") + "[film]", "-map", "[film]",
            // The numbers' stream ends the film. An option that stops at a count of frames would
            // cut off sound that has not been written yet.
            "-c:v", codec,
        ]
        arguments += codecOptions + ["-pix_fmt", pixelFormat]
        if let audioCodec {
            arguments += ["-map", "2:a", "-c:a", audioCodec]
            if audioCodec == "vorbis" || audioCodec == "opus" { arguments += ["-strict", "-2"] }
        }
        arguments += outputOptions + [url.path]
        try await Program("ffmpeg").run(arguments, input: codes)
    }
}

/// A recording whose every second has its tone.
package struct Song: Hashable, Sendable {
    package var seconds: Double = 5
    package var sampleRate = 44_100
    package var channels = 2
    package var codec = "libmp3lame"
    package var container = "mp3"
    /// `title`, `artist` …
    package var tags: [String: String] = [:]
    package var hasCover = false

    package init() {}

    package init(_ change: (inout Song) -> Void) { change(&self) }

    package func file() async throws -> URL {
        let name = "song-\(UInt(bitPattern: hashValue)).\(container)"
        return try await Fixtures.shared.file(name) { try await make($0) }
    }

    package func make(_ url: URL) async throws {
        var arguments = [
            "-v", "error", "-nostdin", "-y", "-f", "lavfi", "-i",
            ToneCode.source(seconds: seconds, sampleRate: sampleRate, channels: channels),
        ]
        if hasCover {
            let cover = try await Still {
                $0.width = 600; $0.height = 600
            }.file()
            arguments += [
                "-i", cover.path, "-map", "0:a", "-map", "1:v", "-c:v", "copy",
                "-disposition:v:0", "attached_pic",
            ]
        }
        arguments += ["-c:a", codec, "-ar", "\(sampleRate)"]
        for (key, value) in tags.sorted(by: { $0.key < $1.key }) {
            arguments += ["-metadata", "\(key)=\(value)"]
        }
        try await Program("ffmpeg").run(arguments + [url.path])
    }
}

/// A picture with four corners of known colours: red, green, blue, white, clockwise from the upper
/// left as it should be *seen*.
package struct Still: Hashable, Sendable {
    package enum Format: String, Hashable, Sendable { case jpg, png, webp, tif, gif, avif, heic }

    /// As stored, before orientation.
    package var width = 800
    package var height = 600
    package var format = Format.jpg
    /// EXIF orientation; the corners are placed so that they are right once it is applied.
    package var orientation = 1
    /// Makes the left half of the lower right corner's quarter transparent.
    package var hasAlpha = false
    /// Coordinates, a serial number, and a copyright line, as a camera would write them.
    package var hasCameraMetadata = false

    package init() {}

    package init(_ change: (inout Still) -> Void) { change(&self) }

    package static let upperLeft: [UInt8] = [200, 30, 30]
    package static let upperRight: [UInt8] = [30, 160, 30]
    package static let lowerRight: [UInt8] = [30, 30, 200]
    package static let lowerLeft: [UInt8] = [240, 240, 240]
    package static let copyright = "Copyright 2026 A. Photographer"

    package func file() async throws -> URL {
        let name = "still-\(UInt(bitPattern: hashValue)).\(format.rawValue)"
        return try await Fixtures.shared.file(name) { try await make($0) }
    }

    package func make(_ url: URL) async throws {
        let directory = try TemporaryDirectory("still")
        let raw = directory.file("pixels.png")
        try await Program("vips").run(
            ["rawload", try directory.write(pixels(), to: "raw").path, raw.path]
                + ["\(width)", "\(height)", hasAlpha ? "4" : "3", "--interpretation", "srgb"])
        var target = url.path
        switch format {
        case .jpg: target += "[Q=95,subsample-mode=off]"
        case .webp: target += "[Q=95]"
        case .avif, .heic: target += "[Q=90,compression=\(format == .avif ? "av1" : "hevc")]"
        case .png, .tif, .gif: break
        }
        try await Program("vips").run(["copy", raw.path, target])
        var tags: [String] = []
        if orientation != 1 { tags.append("-Orientation#=\(orientation)") }
        if hasCameraMetadata {
            tags += [
                "-GPSLatitude=52.5163", "-GPSLatitudeRef=N", "-GPSLongitude=13.3777",
                "-GPSLongitudeRef=E", "-SerialNumber=SN-0123456789", "-Make=Camera",
                "-EXIF:Copyright=\(Self.copyright)", "-EXIF:Artist=A. Photographer",
            ]
        }
        if !tags.isEmpty {
            try await Program("exiftool").run(["-overwrite_original"] + tags + [url.path])
        }
    }

    /// Raw samples, row by row: two corners per half.
    private func pixels() -> Data {
        func sample(_ colour: [UInt8], isClear: Bool) -> [UInt8] {
            hasAlpha ? colour + [isClear ? 0 : 255] : colour
        }
        // Where a stored corner is seen, per EXIF 2.32, table "Orientation".
        let seen = [Self.upperLeft, Self.upperRight, Self.lowerRight, Self.lowerLeft]
        let order: [Int] =
            switch orientation {
            case 2: [1, 0, 3, 2]
            case 3: [2, 3, 0, 1]
            case 4: [3, 2, 1, 0]
            case 5: [0, 3, 2, 1]
            case 6: [1, 2, 3, 0]
            case 7: [2, 1, 0, 3]
            case 8: [3, 0, 1, 2]
            default: [0, 1, 2, 3]
            }
        let stored = order.map { seen[$0] }
        func row(_ left: [UInt8], _ right: [UInt8], isClearAtRight: Bool) -> Data {
            let half = width / 2
            var row = Data()
            for x in 0..<width {
                let isRight = x >= half
                let isClear = isClearAtRight && isRight && x < half + half / 2
                row.append(contentsOf: sample(isRight ? right : left, isClear: isClear))
            }
            return row
        }
        let upper = row(stored[0], stored[1], isClearAtRight: false)
        let lower = row(stored[3], stored[2], isClearAtRight: hasAlpha)
        var all = Data()
        for y in 0..<height { all.append(y < height / 2 ? upper : lower) }
        return all
    }
}
