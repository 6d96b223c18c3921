import CFFmpeg

/// How a decoder works and what it refuses.
package struct DecoderSettings: Sendable {
    /// Decoder by name ("libdav1d"); nil = FFmpeg's choice for the codec.
    package var name: String?
    /// Decoders that may be opened; another is refused as `.notPermitted`.
    package var decoders = DecoderList.common
    /// Threads; 0 = one per core (default 1).
    package var threads = 1
    /// Largest picture in pixels (width × height; 0 = FFmpeg's own limit, default 67_108_864 = 64 MP).
    package var maxPixels = 67_108_864
    /// Most samples per audio frame (0 = unlimited, default 4_194_304: over a minute at 48 kHz).
    package var maxSamples = 4_194_304
    /// Decode key frames only (AVDISCARD_NONKEY).
    package var keyFramesOnly = false
    /// Report damage as errors where the codec can tell (err_recognition=explode).
    package var explodesOnErrors = false
    /// Further options; one that nothing knows is an error.
    package var options: [String: String] = [:]

    /// The defaults.
    package init(name: String? = nil, threads: Int = 1) {
        self.name = name
        self.threads = threads
    }
}

/// What handing something to a codec came to.
package enum SendResult: Sendable, Hashable {
    /// Taken.
    case accepted
    /// Not now: receive first, then send the same again.
    case again
    /// The codec has been told the end already.
    case end
}

/// What asking for a frame came to.
package enum FrameResult {
    /// A frame.
    case frame(Frame)
    /// Nothing yet: send more.
    case again
    /// There will be no more.
    case end
}

/// Turns packets into frames. Wraps AVCodecContext for decoding.
///
/// Freed on every path; not thread-safe, may move between threads.
/// <https://ffmpeg.org/doxygen/5.1/group__lavc__encdec.html>
package struct Decoder: ~Copyable, @unchecked Sendable {
    /// The decoder's name: "h264", "libdav1d".
    package let name: String
    private let context: CodecContext

    /// A decoder for one stream of a demuxer.
    package init(
        stream: StreamDescription, settings: DecoderSettings = DecoderSettings()
    ) throws(FFmpegError) {
        try self.init(
            parameters: stream.parameters, timeBase: stream.timeBase, settings: settings)
    }

    /// A decoder for packets of these parameters with timestamps in `timeBase`.
    /// Throws `.decoderNotFound` when none is built in, `.notPermitted` when it is not on the list.
    /// Wraps avcodec_open2.
    package init(
        parameters: CodecParameters, timeBase: Rational,
        settings: DecoderSettings = DecoderSettings()
    ) throws(FFmpegError) {
        let codec =
            if let name = settings.name {
                unsafe avcodec_find_decoder_by_name(name)
            } else {
                unsafe avcodec_find_decoder(parameters.raw.pointee.codec_id)
            }
        let name = settings.name ?? parameters.codecName
        try unsafe self.init(codec, named: name, parameters, timeBase, settings)
    }

    /// The decoder of that name, for packets that say everything themselves: files of one picture.
    /// Throws `.decoderNotFound` when it is not built in. Wraps avcodec_open2.
    package init(
        named name: String, settings: DecoderSettings = DecoderSettings()
    ) throws(FFmpegError) {
        try unsafe self.init(
            avcodec_find_decoder_by_name(name), named: name, nil, Rational(1, 1), settings)
    }

    private init(
        _ codec: UnsafePointer<AVCodec>?, named wanted: String, _ parameters: CodecParameters?,
        _ timeBase: Rational, _ settings: DecoderSettings
    ) throws(FFmpegError) {
        LogCapture.install()
        guard let codec = unsafe codec else {
            throw FFmpegError(.decoderNotFound, operation: "avcodec_find_decoder", path: wanted)
        }
        let name = unsafe string(codec.pointee.name) ?? wanted
        let context = try unsafe CodecContext(codec, of: settings.decoders)
        let raw = unsafe context.raw
        if let parameters {
            try check("avcodec_parameters_to_context", path: name) {
                unsafe avcodec_parameters_to_context(raw, parameters.raw)
            }
        }
        unsafe raw.pointee.pkt_timebase = timeBase.raw
        unsafe raw.pointee.thread_count = Int32(settings.threads)
        unsafe raw.pointee.max_samples =
            settings.maxSamples == 0 ? .max : Int64(settings.maxSamples)
        if settings.maxPixels > 0 { unsafe raw.pointee.max_pixels = Int64(settings.maxPixels) }
        if settings.keyFramesOnly { unsafe raw.pointee.skip_frame = AVDISCARD_NONKEY }
        if settings.explodesOnErrors { unsafe raw.pointee.err_recognition |= AV_EF_EXPLODE }
        try unsafe context.open(codec, options: settings.options, path: name)
        self.name = name
        self.context = context
    }

    /// The decoder FFmpeg would choose for a codec ("av1" → "libdav1d"); nil when none is built in,
    /// or when it is not on the list.
    package static func find(codec: String, in list: DecoderList = .common) -> String? {
        guard let descriptor = unsafe avcodec_descriptor_get_by_name(codec),
            let found = unsafe avcodec_find_decoder(descriptor.pointee.id),
            let name = unsafe string(found.pointee.name), list.allows(name)
        else { return nil }
        return name
    }

    /// Hands a packet over, or nil to say there are no more. Wraps avcodec_send_packet.
    ///
    /// A damaged packet throws `.invalidData`: the caller may count it and go on with the next.
    package mutating func send(_ packet: Packet?) throws(FFmpegError) -> SendResult {
        LogCapture.begin()
        let result = unsafe avcodec_send_packet(context.raw, packet?.raw)
        return try sendResult("avcodec_send_packet", result, path: name)
    }

    /// The next frame, with its best timestamp and the stream's base. Wraps avcodec_receive_frame.
    package mutating func receive() throws(FFmpegError) -> FrameResult {
        LogCapture.begin()
        let frame = Frame()
        let result = unsafe avcodec_receive_frame(context.raw, frame.raw)
        if result == cffmpeg_AVERROR_EAGAIN { return .again }
        if result == cffmpeg_AVERROR_EOF { return .end }
        if result < 0 { throw failure("avcodec_receive_frame", result, path: name) }
        unsafe frame.raw.pointee.pts = frame.raw.pointee.best_effort_timestamp
        frame.timeBase = unsafe Rational(context.raw.pointee.pkt_timebase)
        return .frame(frame)
    }

    /// Forgets what it holds, after a seek or an end. Wraps avcodec_flush_buffers.
    package mutating func flush() { unsafe avcodec_flush_buffers(context.raw) }
}

/// The three outcomes of a send by their codes.
func sendResult(
    _ operation: StaticString, _ code: Int32, path: String?
) throws(FFmpegError) -> SendResult {
    if code == cffmpeg_AVERROR_EAGAIN { return .again }
    if code == cffmpeg_AVERROR_EOF { return .end }
    if code < 0 { throw failure(operation, code, path: path) }
    return .accepted
}
