import CFFmpeg

/// What a stream carries. Wraps AVMediaType.
/// <https://ffmpeg.org/doxygen/5.1/avutil_8h.html>
package enum MediaType: String, Hashable, Sendable, Codable {
    case video, audio, subtitle, data, attachment, unknown

    init(_ raw: AVMediaType) {
        switch raw {
        case AVMEDIA_TYPE_VIDEO: self = .video
        case AVMEDIA_TYPE_AUDIO: self = .audio
        case AVMEDIA_TYPE_SUBTITLE: self = .subtitle
        case AVMEDIA_TYPE_DATA: self = .data
        case AVMEDIA_TYPE_ATTACHMENT: self = .attachment
        default: self = .unknown
        }
    }
}
