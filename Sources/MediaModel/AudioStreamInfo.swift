/// An audio stream that can be heard.
package struct AudioStreamInfo: Codable, Hashable, Sendable {
    /// Stream index in the container.
    package var index: Int
    package var codec: String
    package var profile: String?
    /// FFmpeg's sample format name: `fltp`, `s16` …
    package var sampleFormat: String
    /// In hertz.
    package var sampleRate: Int
    package var channels: Int
    /// FFmpeg's layout description (`stereo`, `5.1(side)`); nil = not said.
    package var channelLayout: String?
    /// Bits per sample of the source, when it says.
    package var bitsPerSample: Int?
    /// On the container's timeline, after encoder priming is skipped.
    package var startSeconds: Double
    package var endSeconds: Double
    package var language: String?
    package var title: String?
    package var purpose: TrackPurpose

    package init(
        index: Int, codec: String, profile: String? = nil, sampleFormat: String, sampleRate: Int,
        channels: Int, channelLayout: String? = nil, bitsPerSample: Int? = nil,
        startSeconds: Double = 0, endSeconds: Double, language: String? = nil, title: String? = nil,
        purpose: TrackPurpose = .main
    ) {
        self.index = index
        self.codec = codec
        self.profile = profile
        self.sampleFormat = sampleFormat
        self.sampleRate = sampleRate
        self.channels = channels
        self.channelLayout = channelLayout
        self.bitsPerSample = bitsPerSample
        self.startSeconds = startSeconds
        self.endSeconds = endSeconds
        self.language = language
        self.title = title
        self.purpose = purpose
    }
}
