import Foundation
import MediaModel
import Planning

/// HLS playlists as text (RFC 8216), from what was measured.
package enum HLSWriter {
    package static let mediaType = "application/vnd.apple.mpegurl"
    /// 7: byte ranges need 4, EXT-X-MAP with I-frames only 5, without 6 (RFC 8216, section 7);
    /// Apple's tools and players expect 7 with fragmented MP4.
    static let version = 7
    private static let captionGroup = "captions"

    /// The media playlist of one track, beside its segments.
    ///
    /// - Parameter initialization: the header's name in the same directory.
    package static func media(_ track: SegmentedTrack, initialization: String) -> String {
        list(track, initialization, tag: "#EXT-X-INDEPENDENT-SEGMENTS") { _ in nil }
    }

    /// The playlist of one track's key frames, beside its segments: each is the first fragment of a
    /// segment, shown until the next segment begins.
    package static func keyFrames(_ track: SegmentedTrack, initialization: String) -> String {
        list(track, initialization, tag: "#EXT-X-I-FRAMES-ONLY") { segment in
            "#EXT-X-BYTERANGE:\(segment.keyFrameByteCount ?? segment.file.byteCount)@0"
        }
    }

    private static func list(
        _ track: SegmentedTrack, _ initialization: String, tag: String,
        range: (SegmentedTrack.Segment) -> String?
    ) -> String {
        var lines = [
            "#EXTM3U", "#EXT-X-VERSION:\(version)",
            "#EXT-X-TARGETDURATION:\(track.targetDuration)", "#EXT-X-MEDIA-SEQUENCE:1",
            "#EXT-X-PLAYLIST-TYPE:VOD", tag, "#EXT-X-MAP:URI=\"\(initialization)\"",
        ]
        for segment in track.segments {
            lines.append("#EXTINF:\(decimal(track.seconds(segment.duration), 6)),")
            if let range = range(segment) { lines.append(range) }
            let name = segment.file.path.split(separator: "/").last.map(String.init)
            lines.append(name ?? segment.file.path)
        }
        lines.append("#EXT-X-ENDLIST")
        return lines.joined(separator: "\n") + "\n"
    }

    /// The multivariant playlist, beside the tracks' directories.
    ///
    /// Without video every audio track is a variant of its own; with video they are one group, the
    /// first of them the default.
    package static func multivariant(
        video: [SegmentedTrack], audio: [SegmentedTrack], captions: [CaptionTrack] = []
    ) -> String {
        var lines = ["#EXTM3U", "#EXT-X-VERSION:\(version)", "#EXT-X-INDEPENDENT-SEGMENTS"]
        guard !video.isEmpty else {
            for track in audio { lines += variant(track, with: []) }
            return lines.joined(separator: "\n") + "\n"
        }
        let groups = AudioGroup.groups(audio)
        for group in groups {
            for (index, track) in group.tracks.enumerated() {
                lines.append(media(track, in: group.name, isDefault: index == 0))
            }
        }
        for track in captions { lines.append(media(track)) }
        let sounds = groups.isEmpty ? [AudioGroup(name: "", tracks: [])] : groups
        for group in sounds {
            for track in video {
                lines += variant(
                    track, with: group.tracks, in: group.name, hasCaptions: !captions.isEmpty)
            }
        }
        for track in video { lines += keyFrameVariant(track) }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func media(
        _ track: SegmentedTrack, in group: String, isDefault: Bool
    ) -> String {
        let purpose = track.label?.purpose ?? .main
        var attributes = [
            "TYPE=AUDIO", "GROUP-ID=\"\(group)\"",
            "NAME=\"\(quotable(track.label?.name ?? track.output.name))\"",
            "DEFAULT=\(isDefault ? "YES" : "NO")",
            // Never chosen for a listener by a player.
            "AUTOSELECT=\(purpose == .commentary && !isDefault ? "NO" : "YES")",
        ]
        if case .audio(_, let channels, let language) = track.content {
            if let language { attributes.append("LANGUAGE=\"\(quotable(language))\"") }
            if purpose == .described {
                attributes.append("CHARACTERISTICS=\"public.accessibility.describes-video\"")
            }
            attributes.append("CHANNELS=\"\(channels)\"")
        }
        attributes.append("URI=\"\(quotable(track.playlist.path))\"")
        return "#EXT-X-MEDIA:" + attributes.joined(separator: ",")
    }

    private static func media(_ track: CaptionTrack) -> String {
        var attributes = [
            "TYPE=SUBTITLES", "GROUP-ID=\"\(captionGroup)\"",
            "NAME=\"\(quotable(track.label.name))\"", "DEFAULT=NO", "AUTOSELECT=YES",
            "FORCED=\(track.label.purpose == .forced ? "YES" : "NO")",
        ]
        if let language = track.label.language {
            attributes.append("LANGUAGE=\"\(quotable(language))\"")
        }
        if track.kind == .captions {
            attributes.append(
                "CHARACTERISTICS=\"public.accessibility.transcribes-spoken-dialog,"
                    + "public.accessibility.describes-music-and-sound\"")
        }
        attributes.append("URI=\"\(quotable(track.playlist.path))\"")
        return "#EXT-X-MEDIA:" + attributes.joined(separator: ",")
    }

    /// The media playlist of a text track: one segment, the whole file beside it.
    ///
    /// Without X-TIMESTAMP-MAP a cue's time is the presentation's (RFC 8216, 3.5), as ours are.
    package static func captions(_ file: String, durationSeconds: Double) -> String {
        """
        #EXTM3U
        #EXT-X-VERSION:\(version)
        #EXT-X-TARGETDURATION:\(max(1, Int(durationSeconds.rounded(.up))))
        #EXT-X-MEDIA-SEQUENCE:1
        #EXT-X-PLAYLIST-TYPE:VOD
        #EXTINF:\(decimal(durationSeconds, 6)),
        \(file)
        #EXT-X-ENDLIST

        """
    }

    private static func variant(
        _ track: SegmentedTrack, with audio: [SegmentedTrack], in group: String = "",
        hasCaptions: Bool = false
    ) -> [String] {
        // RFC 8216, 4.3.4.2: the rates of a variant count the most demanding rendition with it.
        let peak = track.peakBitrate + (audio.map(\.peakBitrate).max() ?? 0)
        let average = track.averageBitrate + (audio.map(\.averageBitrate).max() ?? 0)
        var codecs = [track.codecs]
        for rendition in audio where !codecs.contains(rendition.codecs) {
            codecs.append(rendition.codecs)
        }
        var attributes = [
            "BANDWIDTH=\(peak)", "AVERAGE-BANDWIDTH=\(average)",
            "CODECS=\"\(codecs.joined(separator: ","))\"",
        ]
        attributes += picture(track)
        if case .video(_, let frameRate?) = track.content {
            attributes.append("FRAME-RATE=\(decimal(frameRate.value, 3))")
        }
        // Said, or players look for captions inside the picture (Apple's authoring guide).
        if case .video = track.content { attributes.append("CLOSED-CAPTIONS=NONE") }
        if !audio.isEmpty { attributes.append("AUDIO=\"\(group)\"") }
        if hasCaptions { attributes.append("SUBTITLES=\"\(captionGroup)\"") }
        return ["#EXT-X-STREAM-INF:" + attributes.joined(separator: ","), track.playlist.path]
    }

    private static func keyFrameVariant(_ track: SegmentedTrack) -> [String] {
        guard let playlist = track.keyFramePlaylist else { return [] }
        let attributes =
            [
                "BANDWIDTH=\(track.peakKeyFrameBitrate)",
                "AVERAGE-BANDWIDTH=\(track.averageKeyFrameBitrate)", "CODECS=\"\(track.codecs)\"",
            ] + picture(track) + ["URI=\"\(quotable(playlist.path))\""]
        return ["#EXT-X-I-FRAME-STREAM-INF:" + attributes.joined(separator: ",")]
    }

    /// Every picture that is published is SDR: tone-mapped where the source is not.
    private static func picture(_ track: SegmentedTrack) -> [String] {
        guard case .video(let size, _) = track.content else { return [] }
        return ["RESOLUTION=\(size.width)x\(size.height)", "VIDEO-RANGE=SDR"]
    }

    /// Quoted strings may hold neither quotes nor line ends (RFC 8216, 4.2).
    private static func quotable(_ text: String) -> String {
        String(text.filter { $0 != "\"" && !$0.isNewline })
    }

    private static func decimal(_ value: Double, _ places: Int) -> String {
        String(format: "%.\(places)f", value)
    }
}
