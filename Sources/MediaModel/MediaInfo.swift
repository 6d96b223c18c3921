/// What the probe found in an upload: the whole input of planning.
///
/// Comes out of a worker, so it is tainted: `MediaInfo.validate()` before use in the daemon.
package struct MediaInfo: Codable, Hashable, Sendable {
    package var kind: MediaKind
    /// The sniffed format: `mov`, `matroska`, `jpeg`, `png`, `heic`, `flac` …
    package var format: String
    /// IANA media type of the upload as found: `video/mp4`, `image/jpeg` …
    package var mediaType: String
    /// Size of the upload, in bytes.
    package var byteCount: Int64
    /// Presented duration, from the packets' timestamps and not from a header; nil for stills.
    package var durationSeconds: Double?
    /// The chosen video stream, when the item is a film.
    package var video: VideoStreamInfo?
    /// The chosen audio stream, when there is one that can be decoded.
    package var audio: AudioStreamInfo?
    /// What else can be heard instead (other languages, commentary), in the container's order.
    package var otherAudio: [AudioStreamInfo]
    /// Subtitles that are text, in the container's order.
    package var subtitles: [SubtitleStreamInfo]
    package var chapters: [ChapterInfo]
    /// The still or animation, when the item is one.
    package var image: ImageInfo?
    /// The drawing, when the still is one.
    package var drawing: DrawingInfo?
    /// The pages, when the item is a document.
    package var document: DocumentInfo?
    /// Index of the attached picture of a song or film.
    package var coverStreamIndex: Int?
    /// Every stream found, for the manifest.
    package var streams: [StreamSummary]
    /// Container tags, size-limited, untrusted text: never HTML.
    package var tags: [String: String]
    /// `c2pa`: signed statements of who made it and how, found and not validated.
    package var contentCredentials: String?
    package var warnings: [MediaWarning]

    package init(
        kind: MediaKind, format: String, mediaType: String, byteCount: Int64,
        durationSeconds: Double? = nil, video: VideoStreamInfo? = nil,
        audio: AudioStreamInfo? = nil, otherAudio: [AudioStreamInfo] = [],
        subtitles: [SubtitleStreamInfo] = [], chapters: [ChapterInfo] = [],
        image: ImageInfo? = nil, drawing: DrawingInfo? = nil, document: DocumentInfo? = nil,
        coverStreamIndex: Int? = nil,
        streams: [StreamSummary] = [], tags: [String: String] = [:],
        warnings: [MediaWarning] = []
    ) {
        self.kind = kind
        self.format = format
        self.mediaType = mediaType
        self.byteCount = byteCount
        self.durationSeconds = durationSeconds
        self.video = video
        self.audio = audio
        self.otherAudio = otherAudio
        self.subtitles = subtitles
        self.chapters = chapters
        self.image = image
        self.drawing = drawing
        self.document = document
        self.coverStreamIndex = coverStreamIndex
        self.streams = streams
        self.tags = tags
        self.warnings = warnings
    }
}

/// One stream of the upload, as the manifest lists it.
package struct StreamSummary: Codable, Hashable, Sendable {
    package var index: Int
    /// `video`, `audio`, `subtitle`, `data`, `attachment`, `unknown`.
    package var type: String
    /// FFmpeg's codec name; nil = unknown to this build.
    package var codec: String?
    package var language: String?
    package var title: String?
    package var width: Int?
    package var height: Int?
    /// In hertz.
    package var sampleRate: Int?
    package var channels: Int?
    /// `true` for cover art and other attached pictures.
    package var isAttachedPicture: Bool

    package init(
        index: Int, type: String, codec: String?, language: String? = nil, title: String? = nil,
        width: Int? = nil, height: Int? = nil, sampleRate: Int? = nil, channels: Int? = nil,
        isAttachedPicture: Bool = false
    ) {
        self.index = index
        self.type = type
        self.codec = codec
        self.language = language
        self.title = title
        self.width = width
        self.height = height
        self.sampleRate = sampleRate
        self.channels = channels
        self.isAttachedPicture = isAttachedPicture
    }
}
