import CFFmpeg

/// A decoded picture or block of samples. Wraps AVFrame.
///
/// The data is reference-counted and shared between frames made by ``ref()``; fields are the
/// frame's own. Ownership: whoever holds a frame alone may set its fields; once it is handed to
/// several readers (a fan-out to encoders) nobody may. Encoders and filter graphs only read.
/// <https://ffmpeg.org/doxygen/5.1/structAVFrame.html>
@safe package final class Frame: @unchecked Sendable {
    let raw: UnsafeMutablePointer<AVFrame>

    /// An empty frame.
    package init() {
        guard let raw = unsafe av_frame_alloc() else { fatalError("out of memory") }
        unsafe self.raw = raw
    }

    /// A picture with uninitialised pixels. Wraps av_frame_get_buffer.
    package convenience init(
        width: Int, height: Int, pixelFormat: PixelFormat
    ) throws(FFmpegError) {
        self.init()
        unsafe raw.pointee.width = Int32(width)
        unsafe raw.pointee.height = Int32(height)
        unsafe raw.pointee.format = pixelFormat.raw.rawValue
        try check("av_frame_get_buffer") { unsafe av_frame_get_buffer(raw, 0) }
    }

    /// A block of uninitialised samples, `sampleCount` per channel. Wraps av_frame_get_buffer.
    package convenience init(
        sampleCount: Int, sampleFormat: SampleFormat, channelLayout: ChannelLayout, sampleRate: Int
    ) throws(FFmpegError) {
        self.init()
        unsafe raw.pointee.nb_samples = Int32(sampleCount)
        unsafe raw.pointee.format = sampleFormat.raw.rawValue
        unsafe raw.pointee.sample_rate = Int32(sampleRate)
        unsafe channelLayout.withRaw {
            _ = unsafe av_channel_layout_copy(&raw.pointee.ch_layout, $0)
        }
        try check("av_frame_get_buffer") { unsafe av_frame_get_buffer(raw, 0) }
    }

    deinit {
        var raw: UnsafeMutablePointer<AVFrame>? = unsafe self.raw
        unsafe av_frame_free(&raw)
    }

    /// A second frame over the same data, with its own fields. Wraps av_frame_ref.
    package func ref() throws(FFmpegError) -> Frame {
        let copy = Frame()
        try check("av_frame_ref") { unsafe av_frame_ref(copy.raw, raw) }
        return copy
    }

    /// Makes the data this frame's own, copying it if it is shared. Call before writing to planes.
    /// Wraps av_frame_make_writable.
    package func makeWritable() throws(FFmpegError) {
        try check("av_frame_make_writable") { unsafe av_frame_make_writable(raw) }
    }

    // MARK: Time

    /// When to show it, in ``timeBase`` units: the decoder's best guess; nil = nobody knows.
    package var pts: Int64? {
        get { unsafe raw.pointee.pts.timestamp }
        set { unsafe raw.pointee.pts = newValue.rawTimestamp }
    }

    /// How long to show it, in ``timeBase`` units; nil = not stated.
    package var duration: Int64? {
        get {
            let duration = unsafe cffmpeg_frame_duration(raw)
            return duration > 0 ? duration : nil
        }
        set { unsafe cffmpeg_frame_set_duration(raw, newValue ?? 0) }
    }

    /// Seconds per unit of the timestamps; set by decoders and filter graphs.
    package var timeBase: Rational {
        get { unsafe Rational(raw.pointee.time_base) }
        set { unsafe raw.pointee.time_base = newValue.raw }
    }

    /// ``pts`` with its base; nil when unknown.
    package var timestamp: Timestamp? { pts.map { Timestamp($0, timeBase) } }

    // MARK: Metadata

    /// What filters wrote about the frame: "lavfi.r128.I", "lavfi.blackdetect.start", …
    package var metadata: [String: String] { unsafe FFmpeg.metadata(raw.pointee.metadata) }

    /// Whether filters wrote anything about the frame: quicker than reading it.
    package var hasMetadata: Bool { unsafe raw.pointee.metadata != nil }

    /// Whether a stream of such frames can go where frames like `other` went: the same size and
    /// pixel format, or the same sample format, rate and channels.
    package func hasSameFormat(as other: Frame) -> Bool {
        unsafe raw.pointee.format == other.raw.pointee.format
            && raw.pointee.width == other.raw.pointee.width
            && raw.pointee.height == other.raw.pointee.height
            && raw.pointee.sample_rate == other.raw.pointee.sample_rate
            && av_channel_layout_compare(&raw.pointee.ch_layout, &other.raw.pointee.ch_layout) == 0
    }
}
