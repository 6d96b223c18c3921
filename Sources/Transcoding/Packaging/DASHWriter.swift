import Foundation
import MediaModel
import Planning

/// A static DASH manifest (ISO/IEC 23009-1) as text, over the same files as HLS.
package enum DASHWriter {
    package static let mediaType = "application/dash+xml"

    /// The manifest, beside the tracks' directories.
    package static func manifest(
        video: [SegmentedTrack], audio: [SegmentedTrack], captions: [CaptionTrack] = []
    ) -> String {
        let all = video + audio
        let duration = all.map(\.endSeconds).max() ?? 0
        let longest = all.map(\.longestSegmentSeconds).max() ?? 1
        var xml = XMLText()
        xml.open(
            "MPD",
            [
                ("xmlns", "urn:mpeg:dash:schema:mpd:2011"),
                ("profiles", "urn:mpeg:dash:profile:isoff-live:2011"), ("type", "static"),
                ("mediaPresentationDuration", iso8601(duration)),
                ("maxSegmentDuration", iso8601(longest)),
                ("minBufferTime", iso8601(longest)),
            ])
        xml.open("Period", [("id", "0"), ("start", "PT0S")])
        // One set per codec: a player switches inside a set, and few can change the codec midway.
        let codecs = byCodec(video)
        for (index, tracks) in codecs.enumerated() {
            adaptation(of: tracks, id: index, type: "video", in: &xml)
        }
        // One set per audio track: sets are what a viewer chooses from, and languages differ.
        for (index, track) in audio.enumerated() {
            adaptation(
                of: [track], id: codecs.count + index, type: "audio",
                isMain: track.label == audio[0].label, in: &xml)
        }
        for (index, track) in captions.enumerated() {
            text(track, id: codecs.count + audio.count + index, in: &xml)
        }
        xml.close("Period")
        xml.close("MPD")
        return xml.text
    }

    /// The tracks of each codec together, in the order of their first ones.
    static func byCodec(_ tracks: [SegmentedTrack]) -> [[SegmentedTrack]] {
        var groups: [(codec: Substring, tracks: [SegmentedTrack])] = []
        for track in tracks {
            let codec = track.codecs.prefix { $0 != "." }
            if let index = groups.firstIndex(where: { $0.codec == codec }) {
                groups[index].tracks.append(track)
            } else {
                groups.append((codec, [track]))
            }
        }
        return groups.map(\.tracks)
    }

    private static func adaptation(
        of tracks: [SegmentedTrack], id: Int, type: String, isMain: Bool = true,
        in xml: inout XMLText
    ) {
        var attributes = [
            ("id", "\(id)"), ("contentType", type), ("mimeType", "\(type)/mp4"),
            ("segmentAlignment", "true"), ("startWithSAP", "1"),
        ]
        if case .audio(_, _, let language?) = tracks.first?.content {
            attributes.append(("lang", language))
        }
        xml.open("AdaptationSet", attributes)
        if let label = tracks.first?.label { roles(of: label, isMain: isMain, in: &xml) }
        for track in tracks { representation(of: track, in: &xml) }
        xml.close("AdaptationSet")
    }

    /// A text track is one file for the whole period (DASH-IF IOP part 8, side-loaded WebVTT).
    private static func text(_ track: CaptionTrack, id: Int, in xml: inout XMLText) {
        var attributes = [("id", "\(id)"), ("contentType", "text"), ("mimeType", "text/vtt")]
        if let language = track.label.language { attributes.append(("lang", language)) }
        xml.open("AdaptationSet", attributes)
        xml.element("Label", track.label.name)
        let role =
            track.label.purpose == .forced
            ? "forced-subtitle" : track.kind == .captions ? "caption" : "subtitle"
        xml.empty("Role", [("schemeIdUri", "urn:mpeg:dash:role:2011"), ("value", role)])
        let bits = Double(track.file.byteCount) * 8 / max(0.001, track.durationSeconds)
        xml.open(
            "Representation",
            [("id", track.output.name), ("bandwidth", "\(max(1, Int(bits.rounded(.up))))")])
        xml.element("BaseURL", track.file.path)
        xml.close("Representation")
        xml.close("AdaptationSet")
    }

    /// Schemes of ISO/IEC 23009-1, 5.8.5.5, and of ETSI TS 103 285, table 4.
    private static func roles(of label: TrackLabel, isMain: Bool, in xml: inout XMLText) {
        xml.element("Label", label.name)
        if label.purpose == .described {
            xml.empty(
                "Accessibility",
                [("schemeIdUri", "urn:tva:metadata:cs:AudioPurposeCS:2007"), ("value", "1")])
        }
        let role =
            switch label.purpose {
            case .commentary: "commentary"
            case .dub: isMain ? "main" : "dub"
            case .main, .described, .hardOfHearing, .forced: isMain ? "main" : "alternate"
            }
        xml.empty("Role", [("schemeIdUri", "urn:mpeg:dash:role:2011"), ("value", role)])
    }

    private static func representation(of track: SegmentedTrack, in xml: inout XMLText) {
        var attributes = [
            ("id", track.output.name), ("bandwidth", "\(track.peakBitrate)"),
            ("codecs", track.codecs),
        ]
        switch track.content {
        case .video(let size, let frameRate):
            attributes += [
                ("width", "\(size.width)"), ("height", "\(size.height)"), ("sar", "1:1"),
            ]
            if let rate = frameRate?.reduced {
                attributes.append(
                    (
                        "frameRate",
                        rate.denominator == 1
                            ? "\(rate.numerator)" : "\(rate.numerator)/\(rate.denominator)"
                    ))
            }
            xml.open("Representation", attributes)
        case .audio(let sampleRate, let channels, _):
            attributes.append(("audioSamplingRate", "\(sampleRate)"))
            xml.open("Representation", attributes)
            xml.empty(
                "AudioChannelConfiguration",
                [
                    (
                        "schemeIdUri",
                        "urn:mpeg:dash:23003:3:audio_channel_configuration:2011"
                    ), ("value", "\(channels)"),
                ])
        }
        xml.open(
            "SegmentTemplate",
            [
                ("timescale", "\(track.timescale)"), ("startNumber", "1"),
                ("initialization", track.initialization.path),
                ("media", "\(track.directory)/segment-$Number%05d$.m4s"),
            ])
        xml.open("SegmentTimeline", [])
        timeline(of: track, in: &xml)
        xml.close("SegmentTimeline")
        xml.close("SegmentTemplate")
        xml.close("Representation")
    }

    private static func timeline(of track: SegmentedTrack, in xml: inout XMLText) {
        var index = 0
        let segments = track.segments
        while index < segments.count {
            let duration = segments[index].duration
            var repeats = 0
            while index + repeats + 1 < segments.count,
                segments[index + repeats + 1].duration == duration
            {
                repeats += 1
            }
            var attributes = [("t", "\(segments[index].start)"), ("d", "\(duration)")]
            if repeats > 0 { attributes.append(("r", "\(repeats)")) }
            xml.empty("S", attributes)
            index += repeats + 1
        }
    }

    static func iso8601(_ seconds: Double) -> String {
        "PT\(String(format: "%.6f", seconds))S"
    }
}
