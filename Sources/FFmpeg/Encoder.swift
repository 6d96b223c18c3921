import CFFmpeg

/// What asking for a packet came to.
package enum PacketResult {
    /// A packet, timestamps in the encoder's base.
    case packet(Packet)
    /// Nothing yet: send more.
    case again
    /// There will be no more.
    case end
}

/// Turns frames into packets. Wraps AVCodecContext for encoding.
///
/// Freed on every path; not thread-safe, may move between threads.
/// <https://ffmpeg.org/doxygen/5.1/group__lavc__encdec.html>
package struct Encoder: ~Copyable, @unchecked Sendable {
    /// The encoder's name.
    package let name: String
    /// What a muxer or decoder must know, headers included. An owned copy.
    package let parameters: CodecParameters
    /// Seconds per unit of the packets' timestamps.
    package let timeBase: Rational
    /// The nominal rate; nil for audio and variable.
    package let frameRate: Rational?
    /// Samples per channel that every audio frame but the last must have; 0 = any number.
    package let frameSize: Int

    private let context: CodecContext
    private let scratch = Frame()

    /// A video encoder. Throws `.encoderNotFound`, `.optionNotFound`, or what the encoder says.
    /// Wraps avcodec_open2.
    package init(video settings: VideoEncoderSettings) throws(FFmpegError) {
        let codec = try unsafe findEncoder(settings.codec)
        let context = try unsafe CodecContext(codec)
        let raw = unsafe context.raw
        unsafe raw.pointee.width = Int32(settings.width)
        unsafe raw.pointee.height = Int32(settings.height)
        unsafe raw.pointee.pix_fmt = settings.pixelFormat.raw
        unsafe raw.pointee.time_base = settings.timeBase.raw
        if let rate = settings.frameRate { unsafe raw.pointee.framerate = rate.raw }
        if let bitRate = settings.bitRate { unsafe raw.pointee.bit_rate = bitRate }
        if let maxRate = settings.maxRate { unsafe raw.pointee.rc_max_rate = maxRate }
        if let size = settings.bufferSize { unsafe raw.pointee.rc_buffer_size = Int32(size) }
        if let gopSize = settings.gopSize { unsafe raw.pointee.gop_size = Int32(gopSize) }
        if let frames = settings.maxBFrames { unsafe raw.pointee.max_b_frames = Int32(frames) }
        unsafe raw.pointee.thread_count = Int32(settings.threads)
        unsafe raw.pointee.color_primaries = settings.color.rawPrimaries
        unsafe raw.pointee.color_trc = settings.color.rawTransfer
        unsafe raw.pointee.colorspace = settings.color.rawMatrix
        unsafe raw.pointee.color_range = settings.color.rawRange
        unsafe raw.pointee.chroma_sample_location = settings.color.rawChromaLocation
        unsafe raw.pointee.sample_aspect_ratio = settings.sampleAspectRatio.raw
        if settings.globalHeader { unsafe raw.pointee.flags |= AV_CODEC_FLAG_GLOBAL_HEADER }
        if settings.closedGOP {
            unsafe raw.pointee.flags |= Int32(
                truncatingIfNeeded: cffmpeg_AV_CODEC_FLAG_CLOSED_GOP)
        }
        if settings.bitExact { unsafe raw.pointee.flags |= AV_CODEC_FLAG_BITEXACT }
        var options = settings.options
        if let profile = settings.profile { options["profile"] = profile }
        if let level = settings.level { options["level"] = level }
        try unsafe self.init(context, codec, settings.codec, options)
    }

    /// An audio encoder. Throws `.encoderNotFound`, `.optionNotFound`, or what the encoder says.
    /// Wraps avcodec_open2.
    package init(audio settings: AudioEncoderSettings) throws(FFmpegError) {
        let codec = try unsafe findEncoder(settings.codec)
        let context = try unsafe CodecContext(codec)
        let raw = unsafe context.raw
        unsafe raw.pointee.sample_rate = Int32(settings.sampleRate)
        unsafe raw.pointee.sample_fmt = settings.sampleFormat.raw
        unsafe raw.pointee.time_base = AVRational(num: 1, den: Int32(settings.sampleRate))
        unsafe settings.channelLayout.withRaw {
            _ = unsafe av_channel_layout_copy(&raw.pointee.ch_layout, $0)
        }
        if let bitRate = settings.bitRate { unsafe raw.pointee.bit_rate = bitRate }
        if let bits = settings.bitsPerRawSample {
            unsafe raw.pointee.bits_per_raw_sample = Int32(bits)
        }
        unsafe raw.pointee.thread_count = 1
        if settings.globalHeader { unsafe raw.pointee.flags |= AV_CODEC_FLAG_GLOBAL_HEADER }
        if settings.bitExact { unsafe raw.pointee.flags |= AV_CODEC_FLAG_BITEXACT }
        try unsafe self.init(context, codec, settings.codec, settings.options)
    }

    private init(
        _ context: CodecContext, _ codec: UnsafePointer<AVCodec>, _ name: String,
        _ options: [String: String]
    ) throws(FFmpegError) {
        try unsafe context.open(codec, options: options, path: name)
        let parameters = try unsafe CodecParameters(from: context.raw)
        self.name = name
        self.context = context
        self.parameters = parameters
        timeBase = unsafe Rational(context.raw.pointee.time_base)
        frameRate = unsafe Rational(known: context.raw.pointee.framerate)
        let varies = unsafe codec.pointee.capabilities & AV_CODEC_CAP_VARIABLE_FRAME_SIZE != 0
        frameSize = varies ? 0 : unsafe Int(context.raw.pointee.frame_size)
    }

    /// Samples the encoder puts before the first one (a decoder drops them).
    package var initialPadding: Int { parameters.initialPadding }
    /// The out-of-band headers.
    package var extradata: [UInt8] { parameters.extradata }

    /// Hands a frame over, or nil to say there are no more. Wraps avcodec_send_frame.
    ///
    /// The frame is only read: its timestamps are rescaled and its picture type left out on a copy
    /// of its fields, so one frame may feed several encoders at once. Throws `.inputChanged` for a
    /// frame of another size or format than declared.
    package mutating func send(
        _ frame: Frame?, forcingKeyFrame: Bool = false
    ) throws(FFmpegError) -> SendResult {
        guard let frame else {
            LogCapture.begin()
            return try unsafe sendResult(
                "avcodec_send_frame", avcodec_send_frame(context.raw, nil), path: name)
        }
        try requireDeclaredFormat(frame)
        try check("av_frame_ref") { unsafe av_frame_ref(scratch.raw, frame.raw) }
        defer { unsafe av_frame_unref(scratch.raw) }
        if frame.timeBase.num > 0, frame.timeBase != timeBase {
            scratch.pts = frame.pts.map { timeBase.rescale($0, from: frame.timeBase) }
            scratch.duration = frame.duration.map { timeBase.rescale($0, from: frame.timeBase) }
            scratch.timeBase = timeBase
        }
        unsafe scratch.raw.pointee.pict_type =
            forcingKeyFrame ? AV_PICTURE_TYPE_I : AV_PICTURE_TYPE_NONE
        return try unsafe sendResult(
            "avcodec_send_frame", avcodec_send_frame(context.raw, scratch.raw), path: name)
    }

    /// The next packet. Wraps avcodec_receive_packet.
    package mutating func receive() throws(FFmpegError) -> PacketResult {
        LogCapture.begin()
        let packet = Packet()
        let result = unsafe avcodec_receive_packet(context.raw, packet.raw)
        if result == cffmpeg_AVERROR_EAGAIN { return .again }
        if result == cffmpeg_AVERROR_EOF { return .end }
        if result < 0 { throw failure("avcodec_receive_packet", result, path: name) }
        packet.timeBase = timeBase
        // libavcodec 59 leaves it out; muxers would have to guess the last frame's.
        if packet.duration == nil, let frameRate {
            packet.duration = timeBase.rescale(1, from: frameRate.inverted)
        }
        return .packet(packet)
    }

    /// libavcodec does not compare: a picture smaller than declared would be read past its end.
    private func requireDeclaredFormat(_ frame: Frame) throws(FFmpegError) {
        let raw = unsafe context.raw
        let matches =
            if parameters.mediaType == .video {
                unsafe frame.width == Int(raw.pointee.width)
                    && frame.height == Int(raw.pointee.height)
                    && frame.raw.pointee.format == raw.pointee.pix_fmt.rawValue
            } else {
                unsafe frame.sampleRate == Int(raw.pointee.sample_rate)
                    && frame.raw.pointee.format == raw.pointee.sample_fmt.rawValue
                    && frame.raw.pointee.ch_layout.nb_channels == raw.pointee.ch_layout.nb_channels
                    && (frameSize == 0 || frame.sampleCount <= frameSize)
            }
        guard matches else {
            throw FFmpegError(.inputChanged, operation: "avcodec_send_frame", path: name)
        }
    }
}

private func findEncoder(_ name: String) throws(FFmpegError) -> UnsafePointer<AVCodec> {
    LogCapture.install()
    guard let codec = unsafe avcodec_find_encoder_by_name(name) else {
        throw FFmpegError(
            .encoderNotFound, operation: "avcodec_find_encoder_by_name", path: name)
    }
    return unsafe codec
}
