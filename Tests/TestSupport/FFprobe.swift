package import Foundation

/// What `ffprobe` says about a media file: the independent oracle for containers and streams.
package struct FFprobe: Sendable {
    package struct Stream: Sendable {
        package let fields: JSONValue

        package var index: Int? { fields["index"]?.int }
        package var type: String? { fields["codec_type"]?.string }
        package var codec: String? { fields["codec_name"]?.string }
        package var profile: String? { fields["profile"]?.string }
        /// H.264 level times ten.
        package var level: Int? { fields["level"]?.int }
        package var width: Int? { fields["width"]?.int }
        package var height: Int? { fields["height"]?.int }
        package var pixelFormat: String? { fields["pix_fmt"]?.string }
        package var sampleAspectRatio: String? { fields["sample_aspect_ratio"]?.string }
        package var colorRange: String? { fields["color_range"]?.string }
        package var colorSpace: String? { fields["color_space"]?.string }
        package var colorTransfer: String? { fields["color_transfer"]?.string }
        package var colorPrimaries: String? { fields["color_primaries"]?.string }
        package var sampleRate: Int? { fields["sample_rate"]?.int }
        package var channels: Int? { fields["channels"]?.int }
        package var durationSeconds: Double? { fields["duration"]?.double }
        package var startSeconds: Double? { fields["start_time"]?.double }
        /// Only when the probe counted frames.
        package var frameCount: Int? { fields["nb_read_frames"]?.int }
        /// Only when the probe counted frames.
        package var packetCount: Int? { fields["nb_read_packets"]?.int }
        /// `30000/1001` as written.
        package var averageFrameRate: String? { fields["avg_frame_rate"]?.string }
        /// `progressive`, `tt`, `bb` …; nil = not said.
        package var fieldOrder: String? { fields["field_order"]?.string }
    }

    package let format: JSONValue
    package let streams: [Stream]

    package var formatName: String? { format["format_name"]?.string }
    package var durationSeconds: Double? { format["duration"]?.double }
    package var video: Stream? { streams.first { $0.type == "video" } }
    package var audio: Stream? { streams.first { $0.type == "audio" } }

    /// - Parameter countingFrames: decodes everything to count frames.
    package init(_ file: URL, countingFrames: Bool = false) async throws {
        var arguments = [
            "-v", "error", "-print_format", "json", "-show_format", "-show_streams",
        ]
        if countingFrames { arguments += ["-count_frames", "-count_packets"] }
        // Playlists name their segments by extension and path: all local here.
        if ["m3u8", "mpd"].contains(file.pathExtension) {
            arguments += ["-allowed_extensions", "ALL"]
        }
        let output = try await Program("ffprobe").run(arguments + ["-i", file.path])
        let report = try JSONValue(parsing: output)
        format = report["format"] ?? .null
        streams = (report["streams"]?.array ?? []).map(Stream.init(fields:))
    }

    /// Presentation times of the frames of one stream, in seconds, in the order shown.
    ///
    /// - Parameter stream: as ffprobe selects: `v:0`, `a:0`.
    package static func presentationTimes(_ file: URL, stream: String) async throws -> [Double] {
        var arguments = [
            "-v", "error", "-select_streams", stream, "-show_entries", "packet=pts_time",
            "-print_format", "csv=p=0",
        ]
        if file.pathExtension == "m3u8" { arguments += ["-allowed_extensions", "ALL"] }
        let output = try await Program("ffprobe").run(arguments + ["-i", file.path])
        return String(decoding: output, as: UTF8.self)
            .split(whereSeparator: { $0 == "\n" || $0 == "," }).compactMap { Double($0) }.sorted()
    }
}
