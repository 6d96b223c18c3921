/// A subtitle stream that can become text.
package struct SubtitleStreamInfo: Codable, Hashable, Sendable {
    /// Stream index in the container.
    package var index: Int
    /// FFmpeg's name: `subrip`, `ass`, `mov_text`, `webvtt`.
    package var codec: String
    package var language: String?
    package var title: String?
    package var purpose: TrackPurpose

    package init(
        index: Int, codec: String, language: String? = nil, title: String? = nil,
        purpose: TrackPurpose = .main
    ) {
        self.index = index
        self.codec = codec
        self.language = language
        self.title = title
        self.purpose = purpose
    }
}

/// A named part of the upload.
package struct ChapterInfo: Codable, Hashable, Sendable {
    /// On the container's timeline, in seconds.
    package var startSeconds: Double
    package var endSeconds: Double
    package var title: String?

    package init(startSeconds: Double, endSeconds: Double, title: String? = nil) {
        self.startSeconds = startSeconds
        self.endSeconds = endSeconds
        self.title = title
    }
}
