import Foundation
package import MediaModel
import Planning

/// Reads playlists back and follows every reference to a file with the recorded size and digest.
package enum PlaylistVerifier {
    /// - Parameters:
    ///   - tracks: adopted in scratch, but for those that are kept.
    ///   - kept: names of published tracks: their files were read back when they were made.
    package static func verify(
        hls: String, dash: String, tracks: [SegmentedTrack], captions: [CaptionTrack] = [],
        kept: Set<String> = [], scratch: ScratchDirectory
    ) throws(Failure) {
        try verify(hls: hls, tracks: tracks, captions: captions)
        for track in tracks {
            guard dash.contains("\"\(track.initialization.path)\"") else {
                throw MediaVerifier.wrong(
                    "dash", "no reference to \(track.initialization.path)", "one")
            }
            if kept.contains(track.output.name) { continue }
            for file in [track.artifact.file] + track.artifact.companions {
                guard try scratch.measure(file.path) == file else {
                    throw MediaVerifier.wrong(
                        track.output.name, "\(file.path) with other bytes than recorded", "the same"
                    )
                }
            }
            try verifyMedia(track, track.playlist, scratch: scratch)
            if let playlist = track.keyFramePlaylist {
                try verifyMedia(track, playlist, scratch: scratch)
            }
        }
        for track in captions where !kept.contains(track.output.name) {
            try verify(track, dash: dash, scratch: scratch)
        }
        try verifyXML(dash, count: tracks.count + captions.count)
        try verifyClaims(inDASH: dash, tracks: tracks)
    }

    /// The text and its playlist are what was recorded, and both manifests lead to the text.
    private static func verify(
        _ track: CaptionTrack, dash: String, scratch: ScratchDirectory
    ) throws(Failure) {
        for file in [track.file, track.playlist] where try scratch.measure(file.path) != file {
            throw MediaVerifier.wrong(
                track.output.name, "\(file.path) with other bytes than recorded", "the same")
        }
        let playlist = try references(
            inHLS: try read(track.playlist.path, scratch), name: track.playlist.path)
        guard playlist == [track.file.path] else {
            throw MediaVerifier.wrong(
                track.output.name, "references to \(playlist)", "\(track.file.path)")
        }
        guard dash.contains("<BaseURL>\(track.file.path)</BaseURL>") else {
            throw MediaVerifier.wrong("dash", "no reference to \(track.file.path)", "one")
        }
    }

    private static func read(
        _ name: String, _ scratch: ScratchDirectory
    ) throws(Failure) -> String {
        let descriptor = try scratch.open(name)
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        guard let data = try? handle.readToEnd(), let text = String(data: data, encoding: .utf8)
        else { throw MediaVerifier.wrong(name, "unreadable text", "a playlist") }
        return text
    }

    /// A multivariant playlist refers to its tracks and to nothing else, and says of them what is
    /// true.
    static func verify(
        hls: String, tracks: [SegmentedTrack], captions: [CaptionTrack] = []
    ) throws(Failure) {
        // Sound alone has no pictures to scrub through.
        let playlists =
            tracks.map(\.playlist.path) + tracks.compactMap(\.keyFramePlaylist?.path)
            + captions.map(\.playlist.path)
        let referred = Set(try references(inHLS: hls, name: "hls"))
        guard referred == Set(playlists) else {
            throw MediaVerifier.wrong(
                "hls", "references to \(referred.sorted())", "\(playlists.sorted())")
        }
        let isVideo = { (track: SegmentedTrack) in track.keyFramePlaylist != nil }
        try verifyClaims(
            inHLS: hls, video: tracks.filter(isVideo), sound: tracks.filter { !isVideo($0) })
    }

    /// The playlist names the header and every segment (of key frames: their ranges), and its
    /// durations add up.
    private static func verifyMedia(
        _ track: SegmentedTrack, _ playlist: ArtifactFile, scratch: ScratchDirectory
    ) throws(Failure) {
        let name = playlist.path
        let text = try read(name, scratch)
        let files = try references(inHLS: text, name: name).map { "\(track.directory)/\($0)" }
        let expected = [track.initialization.path] + track.segments.map(\.file.path)
        guard files == expected else {
            throw MediaVerifier.wrong(name, "\(files.count) references", "\(expected.count) files")
        }
        let ranges = text.split(separator: "\n").filter { $0.hasPrefix("#EXT-X-BYTERANGE:") }
        let keyFrames = track.segments.compactMap(\.keyFrameByteCount)
        let recorded = playlist == track.keyFramePlaylist ? keyFrames : []
        guard ranges == recorded.map({ "#EXT-X-BYTERANGE:\($0)@0" }) else {
            throw MediaVerifier.wrong(name, "the ranges \(ranges)", "\(recorded)")
        }
        var seconds = 0.0
        for line in text.split(separator: "\n") where line.hasPrefix("#EXTINF:") {
            let number = line.dropFirst("#EXTINF:".count).split(separator: ",").first ?? ""
            let duration = Double(number) ?? .nan
            guard Int(duration.rounded()) <= track.targetDuration else {
                throw MediaVerifier.wrong(
                    name, "a segment of \(duration) s", "at most \(track.targetDuration) s")
            }
            seconds += duration
        }
        // Each duration is rounded to a microsecond.
        let tolerance = 0.000_001 * Double(track.segments.count + 1)
        guard abs(seconds - track.durationSeconds) <= tolerance else {
            throw MediaVerifier.wrong(
                name, "\(seconds) s of segments", "\(track.durationSeconds) s")
        }
    }

    /// What a playlist refers to, in order: lines that are no tag, and URI attributes.
    static func references(inHLS text: String, name: String) throws(Failure) -> [String] {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: true)
        guard lines.first == "#EXTM3U" else {
            throw MediaVerifier.wrong(name, "no #EXTM3U", "a playlist")
        }
        return lines.compactMap { line in
            guard line.hasPrefix("#") else { return String(line) }
            guard let start = line.range(of: "URI=\"") else { return nil }
            return String(line[start.upperBound...].prefix { $0 != "\"" })
        }
    }

    /// The manifest is well-formed as far as a stack of tags tells, and offers every track once.
    private static func verifyXML(_ text: String, count: Int) throws(Failure) {
        var stack: [Substring] = []
        var representations = 0
        for line in text.split(separator: "\n").dropFirst() {
            let element = line.drop { $0 == " " }
            if element.hasPrefix("</") {
                let name = element.dropFirst(2).dropLast()
                guard stack.popLast() == name else {
                    throw MediaVerifier.wrong("dash", "</\(name)> out of place", "balanced tags")
                }
            } else {
                let name = element.dropFirst().prefix { $0 != " " && $0 != ">" && $0 != "/" }
                if name == "Representation" { representations += 1 }
                let isWhole = element.hasSuffix("/>") || element.hasSuffix("</\(name)>")
                if !isWhole { stack.append(name) }
            }
        }
        guard stack.isEmpty, representations == count else {
            throw MediaVerifier.wrong(
                "dash", "\(representations) representations, \(stack.count) open elements",
                "\(count) and 0")
        }
    }
}
