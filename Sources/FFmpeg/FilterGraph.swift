import CFFmpeg

/// A network of filters between declared sources and sinks. Wraps AVFilterGraph.
///
/// The description is FFmpeg's own language (`[in]scale=640:360,split[a][b]`). A source takes
/// frames of exactly the declared size and format: when the stream changes, the caller builds a
/// new graph (``Frame/hasSameFormat(as:)``). Freed on every path; not thread-safe, may move
/// between threads. <https://ffmpeg.org/ffmpeg-filters.html>,
/// <https://ffmpeg.org/doxygen/5.1/group__lavfi.html>
package struct FilterGraph: ~Copyable, @unchecked Sendable {
    private let graph: GraphContext
    private let scratch = Frame()

    /// Builds and configures a graph.
    ///
    /// `threads` for filters that can use several (0 = one per core, default 1). `scalerFlags` are
    /// for the scalers FFmpeg inserts by itself to convert pixel formats.
    /// Wraps avfilter_graph_parse_ptr and avfilter_graph_config.
    package init(
        _ description: String, sources: [Source], sinks: [Sink], threads: Int = 1,
        scalerFlags: String = "flags=bicubic+accurate_rnd+full_chroma_int"
    ) throws(FFmpegError) {
        LogCapture.install()
        graph = try GraphContext(description, sources, sinks, threads, scalerFlags)
    }

    /// Hands a frame to a source, or nil to say there are no more. Only reads the frame; rescales
    /// its timestamps to the source's base. Wraps av_buffersrc_add_frame_flags.
    ///
    /// Throws `.inputChanged` for a frame of another size or format than declared.
    package mutating func push(_ frame: Frame?, to source: Int = 0) throws(FFmpegError) {
        let path = graph.description
        guard let frame else {
            try check("av_buffersrc_add_frame_flags", path: path) {
                unsafe av_buffersrc_add_frame_flags(graph.sources[source].raw, nil, 0)
            }
            return
        }
        let declared = graph.sources[source].declaration
        // Filters are configured for one format; some read past the end of a smaller picture.
        guard declared.accepts(frame) else {
            throw FFmpegError(
                .inputChanged, operation: "av_buffersrc_add_frame_flags", path: path)
        }
        try check("av_frame_ref") { unsafe av_frame_ref(scratch.raw, frame.raw) }
        defer { unsafe av_frame_unref(scratch.raw) }
        let base = declared.timeBase
        if frame.timeBase.num > 0, frame.timeBase != base {
            scratch.pts = frame.pts.map { base.rescale($0, from: frame.timeBase) }
            scratch.duration = frame.duration.map { base.rescale($0, from: frame.timeBase) }
            scratch.timeBase = base
        }
        try check("av_buffersrc_add_frame_flags", path: path) {
            unsafe av_buffersrc_add_frame_flags(graph.sources[source].raw, scratch.raw, 0)
        }
    }

    /// The next frame of a sink, timestamps with the sink's base. Wraps av_buffersink_get_frame.
    package mutating func pull(from sink: Int = 0) throws(FFmpegError) -> FrameResult {
        LogCapture.begin()
        let frame = Frame()
        let raw = unsafe graph.sinks[sink].raw
        let result = unsafe av_buffersink_get_frame(raw, frame.raw)
        if result == cffmpeg_AVERROR_EAGAIN { return .again }
        if result == cffmpeg_AVERROR_EOF { return .end }
        if result < 0 { throw failure("av_buffersink_get_frame", result, path: graph.description) }
        frame.timeBase = unsafe Rational(av_buffersink_get_time_base(raw))
        return .frame(frame)
    }

    /// What a sink gives. Wraps av_buffersink_get_*.
    package func output(of sink: Int = 0) -> OutputFormat {
        let raw = unsafe graph.sinks[sink].raw
        let isVideo = unsafe av_buffersink_get_type(raw) == AVMEDIA_TYPE_VIDEO
        let format = unsafe av_buffersink_get_format(raw)
        var layout = unsafe AVChannelLayout()
        defer { unsafe av_channel_layout_uninit(&layout) }
        if !isVideo { unsafe av_buffersink_get_ch_layout(raw, &layout) }
        return unsafe OutputFormat(
            timeBase: Rational(av_buffersink_get_time_base(raw)),
            width: isVideo ? Int(av_buffersink_get_w(raw)) : 0,
            height: isVideo ? Int(av_buffersink_get_h(raw)) : 0,
            pixelFormat: isVideo ? PixelFormat(rawNumber: format) : nil,
            sampleAspectRatio: isVideo
                ? Rational(known: av_buffersink_get_sample_aspect_ratio(raw)) : nil,
            frameRate: isVideo ? Rational(known: av_buffersink_get_frame_rate(raw)) : nil,
            sampleRate: isVideo ? 0 : Int(av_buffersink_get_sample_rate(raw)),
            sampleFormat: isVideo ? nil : SampleFormat(rawNumber: format),
            channelLayout: isVideo ? nil : ChannelLayout(&layout))
    }

    /// Changes how many samples the frames of an audio sink have, from now on: an encoder's
    /// ``Encoder/frameSize``. Wraps av_buffersink_set_frame_size.
    package mutating func setFrameSize(_ sampleCount: Int, ofSink sink: Int = 0) {
        unsafe av_buffersink_set_frame_size(graph.sinks[sink].raw, UInt32(sampleCount))
    }
}

extension FilterGraph.Source {
    /// Whether a frame is what was declared.
    fileprivate func accepts(_ frame: Frame) -> Bool {
        switch format {
        case .video(let width, let height, let pixelFormat, _, _, _):
            frame.width == width && frame.height == height && frame.pixelFormat == pixelFormat
        case .audio(let sampleRate, let sampleFormat, let layout):
            frame.sampleRate == sampleRate && frame.sampleFormat == sampleFormat
                && frame.channelLayout?.channelCount == layout.channelCount
        }
    }
}
