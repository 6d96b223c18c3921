import Planning

/// Containers of one stream of sound, and what their streams are called.
struct SoundFileFormat {
    /// FFmpeg's name, for writing and reading.
    let muxer: String
    let fileExtension: String
    let mediaType: String
    /// RFC 6381, as the file's own stream says it.
    let codecString: String
    /// In the `codecs` parameter of the media type (RFC 4281): what browsers are asked with.
    let codecs: String

    /// nil for what is no single file, or one that is made of segments.
    init?(_ packaging: AudioRendition.Packaging) {
        switch packaging {
        case .segments, .m4a: return nil
        case .ogg:
            (muxer, fileExtension, mediaType) = ("ogg", "opus", "audio/ogg")
            (codecString, codecs) = ("opus", "opus")
        case .mp3:
            (muxer, fileExtension, mediaType) = ("mp3", "mp3", "audio/mpeg")
            (codecString, codecs) = ("mp4a.40.34", "mp3")
        case .flac:
            (muxer, fileExtension, mediaType) = ("flac", "flac", "audio/flac")
            (codecString, codecs) = ("flac", "flac")
        }
    }
}
