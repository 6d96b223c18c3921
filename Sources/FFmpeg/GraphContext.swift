import CFFmpeg

/// A configured AVFilterGraph with its ends, freed by the last reference.
@safe final class GraphContext {
    @safe struct SourceContext {
        let raw: UnsafeMutablePointer<AVFilterContext>
        let declaration: FilterGraph.Source
    }

    @safe struct SinkContext {
        let raw: UnsafeMutablePointer<AVFilterContext>
    }

    let description: String
    private(set) var sources: [SourceContext] = []
    private(set) var sinks: [SinkContext] = []
    private let raw: UnsafeMutablePointer<AVFilterGraph>

    init(
        _ description: String, _ sources: [FilterGraph.Source], _ sinks: [FilterGraph.Sink],
        _ threads: Int, _ scalerFlags: String
    ) throws(FFmpegError) {
        guard let raw = unsafe avfilter_graph_alloc() else {
            throw allocationFailure("avfilter_graph_alloc")
        }
        unsafe self.raw = raw
        self.description = description
        unsafe raw.pointee.nb_threads = Int32(threads)
        unsafe raw.pointee.scale_sws_opts = av_strdup(scalerFlags)

        // FFmpeg's names are those of the description: its inputs hang on our sinks' ends, its
        // outputs on our sources.
        var open = OpenPads()
        for source in sources {
            let context = try unsafe makeSource(source)
            unsafe self.sources.append(SourceContext(raw: context, declaration: source))
            unsafe open.addOutput(source.label, context)
        }
        for sink in sinks {
            let (context, entry) = try unsafe makeSink(sink)
            unsafe self.sinks.append(SinkContext(raw: context))
            unsafe open.addInput(sink.label, entry)
        }
        try check("avfilter_graph_parse_ptr", path: description) {
            unsafe avfilter_graph_parse_ptr(raw, description, &open.inputs, &open.outputs, nil)
        }
        try check("avfilter_graph_config", path: description) {
            unsafe avfilter_graph_config(raw, nil)
        }
        for (sink, context) in zip(sinks, self.sinks) {
            guard case .audio(_, _, _, let frameSize) = sink.format, frameSize > 0 else { continue }
            unsafe av_buffersink_set_frame_size(context.raw, UInt32(frameSize))
        }
    }

    deinit {
        var raw: UnsafeMutablePointer<AVFilterGraph>? = unsafe self.raw
        unsafe avfilter_graph_free(&raw)
    }

    private func makeFilter(
        _ filterName: String, _ name: String
    ) throws(FFmpegError) -> UnsafeMutablePointer<AVFilterContext> {
        guard let filter = unsafe avfilter_get_by_name(filterName) else {
            throw FFmpegError(
                .filterNotFound, operation: "avfilter_get_by_name", path: filterName)
        }
        guard let context = unsafe avfilter_graph_alloc_filter(raw, filter, name) else {
            throw allocationFailure("avfilter_graph_alloc_filter")
        }
        return unsafe context
    }

    private func makeSource(
        _ source: FilterGraph.Source
    ) throws(FFmpegError) -> UnsafeMutablePointer<AVFilterContext> {
        guard let parameters = unsafe av_buffersrc_parameters_alloc() else {
            throw allocationFailure("av_buffersrc_parameters_alloc")
        }
        defer {
            unsafe av_channel_layout_uninit(&parameters.pointee.ch_layout)
            unsafe av_free(parameters)
        }
        unsafe parameters.pointee.time_base = source.timeBase.raw
        let filterName: String
        switch source.format {
        case .video(let width, let height, let format, let aspect, let rate, let color):
            filterName = "buffer"
            unsafe parameters.pointee.width = Int32(width)
            unsafe parameters.pointee.height = Int32(height)
            unsafe parameters.pointee.format = format.raw.rawValue
            unsafe parameters.pointee.sample_aspect_ratio = (aspect ?? Rational(0, 1)).raw
            if let rate { unsafe parameters.pointee.frame_rate = rate.raw }
            unsafe cffmpeg_buffersrc_set_color(parameters, color.rawMatrix, color.rawRange)
        case .audio(let sampleRate, let format, let layout):
            filterName = "abuffer"
            unsafe parameters.pointee.sample_rate = Int32(sampleRate)
            unsafe parameters.pointee.format = format.raw.rawValue
            unsafe layout.withRaw {
                _ = unsafe av_channel_layout_copy(&parameters.pointee.ch_layout, $0)
            }
        }
        let context = try unsafe makeFilter(filterName, "source_" + source.label)
        try check("av_buffersrc_parameters_set", path: description) {
            unsafe av_buffersrc_parameters_set(context, parameters)
        }
        try check("avfilter_init_str", path: description) {
            unsafe avfilter_init_str(context, nil)
        }
        return unsafe context
    }

    /// The sink, and the filter that stands before it to enforce its format (else itself).
    private func makeSink(
        _ sink: FilterGraph.Sink
    ) throws(FFmpegError) -> (
        UnsafeMutablePointer<AVFilterContext>, UnsafeMutablePointer<AVFilterContext>
    ) {
        let filterName =
            if case .video = sink.format { "buffersink" } else { "abuffersink" }
        let context = try unsafe makeFilter(filterName, "sink_" + sink.label)
        try check("avfilter_init_str", path: description) {
            unsafe avfilter_init_str(context, nil)
        }
        guard let constraint = sink.constraint else { return unsafe (context, context) }
        let entry = try unsafe makeFilter(constraint.filter, "format_" + sink.label)
        try check("avfilter_init_str", path: constraint.arguments) {
            unsafe avfilter_init_str(entry, constraint.arguments)
        }
        try check("avfilter_link", path: description) {
            unsafe avfilter_link(entry, 0, context, 0)
        }
        return unsafe (context, entry)
    }
}

/// The lists of unconnected ends that the parser takes; it frees what it does not use up.
@safe private struct OpenPads: ~Copyable {
    var inputs: UnsafeMutablePointer<AVFilterInOut>?
    var outputs: UnsafeMutablePointer<AVFilterInOut>?

    init() {
        unsafe inputs = nil
        unsafe outputs = nil
    }

    deinit {
        var inputs = unsafe self.inputs
        var outputs = unsafe self.outputs
        unsafe avfilter_inout_free(&inputs)
        unsafe avfilter_inout_free(&outputs)
    }

    mutating func addInput(_ label: String, _ filter: UnsafeMutablePointer<AVFilterContext>) {
        unsafe prepend(label, filter, to: &inputs)
    }

    mutating func addOutput(_ label: String, _ filter: UnsafeMutablePointer<AVFilterContext>) {
        unsafe prepend(label, filter, to: &outputs)
    }
}

private func prepend(
    _ label: String, _ filter: UnsafeMutablePointer<AVFilterContext>,
    to list: inout UnsafeMutablePointer<AVFilterInOut>?
) {
    guard let pad = unsafe avfilter_inout_alloc() else { fatalError("out of memory") }
    unsafe pad.pointee.name = av_strdup(label)
    unsafe pad.pointee.filter_ctx = filter
    unsafe pad.pointee.pad_idx = 0
    unsafe pad.pointee.next = list
    unsafe list = pad
}
