import CFFmpeg

/// An open AVFormatContext for reading with all it stands on; freed by the last reference.
@safe final class InputContext {
    let raw: UnsafeMutablePointer<AVFormatContext>
    let interrupt: Interrupt
    let path: String?
    private let io: IOContext

    init(
        _ stream: DescriptorStream, _ format: String, _ settings: DemuxerSettings,
        _ interrupt: Interrupt
    ) throws(FFmpegError) {
        guard let inputFormat = unsafe av_find_input_format(format) else {
            throw FFmpegError(
                .demuxerNotFound, operation: "av_find_input_format", path: format)
        }
        let io = try IOContext(stream, writable: false)
        guard let allocated = unsafe avformat_alloc_context() else {
            throw allocationFailure("avformat_alloc_context")
        }
        unsafe allocated.pointee.pb = io.raw
        unsafe allocated.pointee.flags |= AVFMT_FLAG_CUSTOM_IO
        unsafe allocated.pointee.io_open = refuseToOpen
        unsafe allocated.pointee.interrupt_callback = AVIOInterruptCB(
            callback: isInterrupted, opaque: Unmanaged.passUnretained(interrupt).toOpaque())

        var options = settings.options
        options["format_whitelist"] = unsafe string(inputFormat.pointee.name) ?? format
        // A name no protocol has: an empty list would allow all of them.
        options["protocol_whitelist"] = "none"
        options["codec_whitelist"] = settings.decoders.option
        options["probesize"] = String(settings.probeSize)
        options["analyzeduration"] = String(Int64(settings.analyzeDuration * 1_000_000))
        // One more, so that it shows: FFmpeg 7's Matroska leaves out what exceeds it, others refuse.
        options["max_streams"] = String(settings.maxStreams + 1)
        var dictionary = OptionDictionary(options)

        let path = settings.displayName
        // What an interrupted read leads to is reported as damage, or as the end of the analysis.
        func reportingInterrupt(
            _ operation: StaticString, _ call: () -> Int32
        ) throws(FFmpegError) {
            LogCapture.begin()
            let result = call()
            if interrupt.isRaised {
                throw failure(operation, FFmpegError.Code.interrupted.rawValue, path: path)
            }
            if result < 0 { throw failure(operation, Self.meant(result, stream), path: path) }
        }

        // From here on libavformat owns the context until it succeeds: on failure it frees it.
        var context: UnsafeMutablePointer<AVFormatContext>? = unsafe allocated
        // Without a URL nothing relative can be resolved either.
        try reportingInterrupt("avformat_open_input") {
            unsafe dictionary.consume { unsafe avformat_open_input(&context, "", inputFormat, $0) }
        }
        guard let context = unsafe context else { throw allocationFailure("avformat_open_input") }
        unsafe self.raw = context
        self.interrupt = interrupt
        self.path = path
        self.io = io
        // All members are set: from here on deinit closes the input whatever is thrown.
        guard unsafe Int(context.pointee.nb_streams) <= settings.maxStreams else {
            throw FFmpegError(
                .invalidData, operation: "avformat_open_input", path: path,
                logLine: "more than \(settings.maxStreams) streams")
        }
        try dictionary.requireConsumed(by: "avformat_open_input", path: path)
        try reportingInterrupt("avformat_find_stream_info") {
            unsafe avformat_find_stream_info(context, nil)
        }
    }

    /// What a code of a demuxer means. Several say EIO when a packet is longer than the file, and
    /// call a file damaged that the system would not read.
    private static func meant(_ code: Int32, _ stream: ByteStream) -> Int32 {
        let (refused, damaged) = (FFmpegError.Code.inputOutput, FFmpegError.Code.invalidData)
        if stream.hasFailedToRead { return refused.rawValue }
        return code == refused.rawValue ? damaged.rawValue : code
    }

    /// The same for this input.
    func meant(_ code: Int32) -> Int32 { Self.meant(code, io.stream) }

    deinit {
        var context: UnsafeMutablePointer<AVFormatContext>? = unsafe raw
        unsafe avformat_close_input(&context)
    }
}

/// No input has a reason to open another: playlists, references and concatenations end here.
private func refuseToOpen(
    _ context: UnsafeMutablePointer<AVFormatContext>?,
    _ io: UnsafeMutablePointer<UnsafeMutablePointer<AVIOContext>?>?, _ url: UnsafePointer<CChar>?,
    _ flags: Int32, _ options: UnsafeMutablePointer<OpaquePointer?>?
) -> Int32 {
    FFmpegError.Code.notPermitted.rawValue
}

private func isInterrupted(_ opaque: UnsafeMutableRawPointer?) -> Int32 {
    guard let opaque = unsafe opaque else { return 0 }
    return unsafe Unmanaged<Interrupt>.fromOpaque(opaque).takeUnretainedValue().isRaised ? 1 : 0
}
