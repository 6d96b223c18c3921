import MediaModel
import Planning

extension PlaylistVerifier {
    /// What a multivariant playlist says of each track: its codec, its size, and no rate below the
    /// measured one; of pictures once for each group of sounds.
    static func verifyClaims(
        inHLS text: String, video: [SegmentedTrack], sound: [SegmentedTrack]
    ) throws(Failure) {
        let lines = text.split(separator: "\n")
        func variant(_ track: SegmentedTrack, group: String?) throws(Failure) -> Substring {
            for (line, path) in zip(lines, lines.dropFirst())
            where path == track.playlist.path && attributes(of: line)["AUDIO"] == group {
                return line
            }
            throw MediaVerifier.wrong(
                "hls", "no variant \(track.playlist.path) with \(group ?? "no sound")", "one")
        }
        guard !video.isEmpty else {
            for track in sound {
                try verify(
                    try variant(track, group: nil), track, codecs: [track.codecs],
                    peak: track.peakBitrate)
            }
            return
        }
        for track in video {
            for group in AudioGroup.groups(sound) {
                try verify(
                    try variant(track, group: group.name), track,
                    codecs: [track.codecs] + group.tracks.map(\.codecs),
                    peak: track.peakBitrate + (group.tracks.map(\.peakBitrate).max() ?? 0))
            }
            if sound.isEmpty {
                try verify(
                    try variant(track, group: nil), track, codecs: [track.codecs],
                    peak: track.peakBitrate)
            }
            guard let keyFrames = track.keyFramePlaylist else { continue }
            let line = lines.first { $0.hasSuffix("URI=\"\(keyFrames.path)\"") }
            try verify(line ?? "", track, codecs: [track.codecs], peak: track.peakKeyFrameBitrate)
        }
    }

    private static func verify(
        _ line: Substring, _ track: SegmentedTrack, codecs: [String], peak: Int
    ) throws(Failure) {
        let found = attributes(of: line)
        let name = "hls: \(track.output.name)"
        guard Set((found["CODECS"] ?? "").split(separator: ",").map(String.init)) == Set(codecs)
        else {
            throw MediaVerifier.wrong(name, "codecs \(found["CODECS"] ?? "none")", "\(codecs)")
        }
        guard (found["BANDWIDTH"].flatMap { Int($0) } ?? 0) >= peak else {
            throw MediaVerifier.wrong(name, "BANDWIDTH=\(found["BANDWIDTH"] ?? "")", "\(peak)")
        }
        if case .video(let size, _) = track.content, found["RESOLUTION"] != "\(size)" {
            throw MediaVerifier.wrong(name, found["RESOLUTION"] ?? "no size", "\(size)")
        }
    }

    /// Attributes of a tag (RFC 8216, 4.2), quotes taken off.
    static func attributes(of line: Substring) -> [String: String] {
        var result: [String: String] = [:]
        var rest = line.drop { $0 != ":" }.dropFirst()
        while let equals = rest.firstIndex(of: "=") {
            let name = String(rest[..<equals])
            rest = rest[equals...].dropFirst()
            let isQuoted = rest.first == "\""
            if isQuoted { rest = rest.dropFirst() }
            let value = rest.prefix { $0 != (isQuoted ? "\"" : ",") }
            result[name] = String(value)
            rest = rest[value.endIndex...].drop { $0 == "\"" || $0 == "," }
        }
        return result
    }

    /// What a DASH manifest says of each track: its codec, its rate, its files' names and times.
    static func verifyClaims(
        inDASH text: String, tracks: [SegmentedTrack]
    ) throws(Failure) {
        let lines = text.split(separator: "\n").map { $0.drop { $0 == " " } }
        for track in tracks {
            let name = "dash: \(track.output.name)"
            let start = "<Representation id=\"\(XMLText.escaped(track.output.name))\""
            let part = lines.drop { !$0.hasPrefix(start) }
                .prefix { $0 != "</Representation>" }.joined(separator: "\n")
            for claim in [
                "codecs=\"\(track.codecs)\"", "bandwidth=\"\(track.peakBitrate)\"",
                "media=\"\(track.directory)/segment-$Number%05d$.m4s\"", "startNumber=\"1\"",
                "timescale=\"\(track.timescale)\"",
            ] where !part.contains(claim) {
                throw MediaVerifier.wrong(name, "no \(claim)", "one")
            }
            guard timeline(in: part) == track.segments.map({ [$0.start, $0.duration] }) else {
                throw MediaVerifier.wrong(name, "other times", "those of its segments")
            }
        }
        let end = DASHWriter.iso8601(tracks.map(\.endSeconds).max() ?? 0)
        guard text.contains("mediaPresentationDuration=\"\(end)\"") else {
            throw MediaVerifier.wrong("dash", "another duration", end)
        }
    }

    /// Start and duration of every segment, from the `S` elements.
    private static func timeline(in text: String) -> [[Int64]] {
        text.split(separator: "\n").filter { $0.hasPrefix("<S ") }.flatMap { line -> [[Int64]] in
            func number(_ name: String) -> Int64? {
                line.firstRange(of: " \(name)=\"").flatMap { range in
                    Int64(line[range.upperBound...].prefix { $0 != "\"" })
                }
            }
            guard let start = number("t"), let duration = number("d") else { return [] }
            return (0...(number("r") ?? 0)).map { [start + $0 * duration, duration] }
        }
    }
}
