import FFmpeg
import MediaModel

/// The streams of a container by what they could be for, best first.
struct StreamChoice {
    /// Moving pictures that a decoder exists for.
    private(set) var video: [StreamDescription] = []
    /// Sounds that a decoder exists for.
    private(set) var audio: [StreamDescription] = []
    private(set) var undecodableVideo: [StreamDescription] = []
    private(set) var undecodableAudio: [StreamDescription] = []
    /// Subtitles that are text.
    private(set) var subtitles: [StreamDescription] = []
    private var otherSubtitles: [StreamDescription] = []
    /// The attached picture of a song, when it can be decoded.
    private(set) var cover: StreamDescription?

    init(_ streams: [StreamDescription]) {
        for stream in streams {
            let canDecode = Decoder.find(codec: stream.codecName) != nil
            switch stream.mediaType {
            case .video where stream.disposition.contains(.attachedPicture):
                if cover == nil, canDecode { cover = stream }
            case .video where stream.disposition.contains(.timedThumbnails): break
            case .video:
                if canDecode { video.append(stream) } else { undecodableVideo.append(stream) }
            case .audio:
                if canDecode { audio.append(stream) } else { undecodableAudio.append(stream) }
            case .subtitle:
                if canDecode, SubtitleStreamInfo.textCodecs.contains(stream.codecName) {
                    subtitles.append(stream)
                } else {
                    otherSubtitles.append(stream)
                }
            default: break
            }
        }
        // What the file's maker marked as default, then the largest, then the first.
        video.sort { a, b in
            Self.rank(a, a.parameters.width * a.parameters.height)
                > Self.rank(b, b.parameters.width * b.parameters.height)
        }
        audio.sort { a, b in
            Self.rank(a, a.parameters.channelLayout?.channelCount ?? 0)
                > Self.rank(b, b.parameters.channelLayout?.channelCount ?? 0)
        }
    }

    /// What cannot become text is said.
    var subtitleWarnings: [MediaWarning] {
        let pictures = otherSubtitles.filter {
            SubtitleStreamInfo.pictureCodecs.contains($0.codecName)
        }
        let others = otherSubtitles.filter { stream in
            !pictures.contains { $0.index == stream.index }
        }
        var warnings: [MediaWarning] = []
        if !pictures.isEmpty {
            warnings.append(
                MediaWarning(
                    code: "bitmapSubtitles",
                    message: "\(Self.list(pictures)) are pictures of text, not text; they were "
                        + "left out. Add subtitles as SRT, ASS or WebVTT."))
        }
        if !others.isEmpty {
            warnings.append(
                MediaWarning(
                    code: "unsupportedSubtitles",
                    message: "\(Self.list(others)) cannot be read here; they were left out."))
        }
        return warnings
    }

    private static func list(_ streams: [StreamDescription]) -> String {
        "Subtitles " + streams.map { "\($0.index) (\($0.codecLabel))" }.joined(separator: ", ")
    }

    private static func rank(_ stream: StreamDescription, _ size: Int) -> (Int, Int, Int) {
        let isAside =
            stream.disposition.contains(.comment) || stream.disposition.contains(.visualImpaired)
        let standing = isAside ? 0 : stream.disposition.contains(.default) ? 2 : 1
        return (standing, size, -stream.index)
    }
}

extension StreamDescription {
    /// What the file's maker says the track is for.
    var purpose: TrackPurpose {
        if disposition.contains(.visualImpaired) { return .described }
        if disposition.contains(.comment) { return .commentary }
        if disposition.contains(.hearingImpaired) { return .hardOfHearing }
        if disposition.contains(.forced) { return .forced }
        return disposition.contains(.dub) ? .dub : .main
    }

    /// The codec's name, or the container's four characters when FFmpeg does not know it.
    var codecLabel: String {
        codecName == "none" || codecName == "unknown_codec"
            ? parameters.codecTag ?? "unknown" : codecName
    }
}
