/// A video encoder's configuration, decided by the caller to the last number.
package struct VideoEncoderSettings: Sendable {
    /// The encoder's name: "libx264", "libsvtav1", "libvpx-vp9", "mjpeg", "png".
    package var codec: String
    /// Width in pixels.
    package var width: Int
    /// Height in pixels.
    package var height: Int
    /// The format frames will have.
    package var pixelFormat: PixelFormat
    /// Seconds per unit of the encoder's timestamps; frames in other bases are rescaled.
    package var timeBase: Rational
    /// The nominal rate; nil for variable.
    package var frameRate: Rational?
    /// Average bits per second; nil when the rate is controlled by quality.
    package var bitRate: Int64?
    /// The VBV's fill rate in bits per second; nil without VBV.
    package var maxRate: Int64?
    /// The VBV's size in bits; nil without VBV.
    package var bufferSize: Int64?
    /// Most frames from key frame to key frame; nil = the encoder's default.
    package var gopSize: Int?
    /// Most consecutive B-frames; nil = the encoder's default.
    package var maxBFrames: Int?
    /// "high", "main"; nil = the encoder's choice.
    package var profile: String?
    /// "4.0"; nil = the encoder's choice.
    package var level: String?
    /// Threads; 0 = the encoder's choice (default 1).
    package var threads = 1
    /// The tags written into the bitstream.
    package var color: ColorDescription = .bt709
    /// The shape of a pixel (default square).
    package var sampleAspectRatio = Rational(1, 1)
    /// Headers go into ``Encoder/parameters`` instead of the stream; MP4 and Matroska need it.
    package var globalHeader = true
    /// No frame refers across a key frame.
    package var closedGOP = true
    /// Leave out version strings, for reproducible bytes.
    package var bitExact = false
    /// Options of the encoder: "preset", "crf", "x264-params", "forced-idr"; unknown is an error.
    package var options: [String: String] = [:]

    /// A configuration with the encoder's defaults for all but the picture.
    package init(
        codec: String, width: Int, height: Int, pixelFormat: PixelFormat = .yuv420p,
        timeBase: Rational, frameRate: Rational? = nil, options: [String: String] = [:]
    ) {
        self.codec = codec
        self.width = width
        self.height = height
        self.pixelFormat = pixelFormat
        self.timeBase = timeBase
        self.frameRate = frameRate
        self.options = options
    }
}

/// An audio encoder's configuration.
package struct AudioEncoderSettings: Sendable {
    /// The encoder's name: "aac", "libopus", "libmp3lame", "flac", "pcm_s16le".
    package var codec: String
    /// Samples per second; one the encoder supports.
    package var sampleRate: Int
    /// The channels.
    package var channelLayout: ChannelLayout
    /// The format frames will have; one the encoder supports.
    package var sampleFormat: SampleFormat
    /// Bits per second; nil = the encoder's default.
    package var bitRate: Int64?
    /// Bits that count in 32-bit samples (FLAC: 24); nil = all.
    package var bitsPerRawSample: Int?
    /// Headers go into ``Encoder/parameters`` instead of the stream; MP4 and Matroska need it.
    package var globalHeader = true
    /// Leave out version strings, for reproducible bytes.
    package var bitExact = false
    /// Options of the encoder; unknown is an error.
    package var options: [String: String] = [:]

    /// A configuration with the encoder's defaults for all but the sound's format.
    package init(
        codec: String, sampleRate: Int, channelLayout: ChannelLayout, sampleFormat: SampleFormat,
        bitRate: Int64? = nil, options: [String: String] = [:]
    ) {
        self.codec = codec
        self.sampleRate = sampleRate
        self.channelLayout = channelLayout
        self.sampleFormat = sampleFormat
        self.bitRate = bitRate
        self.options = options
    }
}
