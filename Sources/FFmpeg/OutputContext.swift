import CFFmpeg

/// An AVFormatContext for writing with all it stands on; freed by the last reference.
@safe final class OutputContext {
    let raw: UnsafeMutablePointer<AVFormatContext>
    private(set) var isHeaderWritten = false
    /// Whether the mov muxer still owes its header (`movflags=delay_moov`).
    var isHeaderDelayed = false
    private let io: IOContext
    private let path: String?
    /// The reader over our own output that faststart asks for, while it lives.
    fileprivate var rereading: IOContext?

    init(_ format: String, _ stream: ByteStream, _ path: String?) throws(FFmpegError) {
        let io = try IOContext(stream, writable: true)
        var allocated: UnsafeMutablePointer<AVFormatContext>?
        let result = unsafe avformat_alloc_output_context2(&allocated, nil, format, nil)
        guard let raw = unsafe allocated, result >= 0 else {
            throw FFmpegError(
                .muxerNotFound, operation: "avformat_alloc_output_context2", path: format)
        }
        unsafe self.raw = raw
        self.io = io
        self.path = path ?? format
        unsafe raw.pointee.pb = io.raw
        unsafe raw.pointee.flags |= AVFMT_FLAG_CUSTOM_IO
        unsafe raw.pointee.url = av_strdup(Self.ownName)
        unsafe raw.pointee.opaque = Unmanaged.passUnretained(self).toOpaque()
        unsafe raw.pointee.io_open = openOwnOutput
        unsafe raw.pointee.io_close2 = closeOwnOutput
        // Fragments are flushed by their writer; a flush per packet would be a write per packet.
        unsafe raw.pointee.flush_packets = 0
    }

    deinit {
        rereading = nil
        // Frees packets held back, the streams and the muxer's own state, trailer or not.
        unsafe avformat_free_context(raw)
    }

    /// The name under which the muxer may open its own output again.
    fileprivate static let ownName = "output"

    func addChapter(
        _ id: Int, _ start: Timestamp, _ end: Timestamp, _ title: String
    ) throws(FFmpegError) {
        let end = end.rescaled(to: start.timeBase)
        let size = unsafe MemoryLayout<AVChapter>.size
        let count = unsafe Int(raw.pointee.nb_chapters)
        guard
            let list = unsafe av_realloc(
                raw.pointee.chapters, (count + 1) * MemoryLayout<UnsafeRawPointer>.size)
        else { throw allocationFailure("av_realloc") }
        let chapters = unsafe list.bindMemory(
            to: UnsafeMutablePointer<AVChapter>?.self, capacity: count + 1)
        unsafe raw.pointee.chapters = chapters
        guard let memory = unsafe av_mallocz(size) else { throw allocationFailure("av_mallocz") }
        let chapter = unsafe memory.bindMemory(to: AVChapter.self, capacity: 1)
        unsafe chapter.pointee.id = Int64(id)
        unsafe chapter.pointee.time_base = start.timeBase.raw
        unsafe chapter.pointee.start = start.ticks
        unsafe chapter.pointee.end = end.ticks
        unsafe av_dict_set(&chapter.pointee.metadata, "title", title, 0)
        unsafe chapters[count] = chapter
        unsafe raw.pointee.nb_chapters = UInt32(count + 1)
    }

    func writeHeader(_ options: [String: String]) throws(FFmpegError) {
        precondition(!isHeaderWritten, "the header is written once")
        var dictionary = OptionDictionary(options)
        try checkOutput("avformat_write_header") {
            unsafe dictionary.consume { unsafe avformat_write_header(raw, $0) }
        }
        isHeaderWritten = true
        isHeaderDelayed = options["movflags"]?.contains("delay_moov") == true
        try dictionary.requireConsumed(by: "avformat_write_header", path: path)
    }

    func writeTrailer() throws(FFmpegError) {
        precondition(isHeaderWritten, "the header comes first")
        try checkOutput("av_write_trailer") { unsafe av_write_trailer(raw) }
        try checkOutput("avio_flush") {
            unsafe avio_flush(raw.pointee.pb)
            return 0
        }
    }

    /// Runs a call that writes. A write that failed in a buffered flush is reported by no return
    /// value, only by the I/O context.
    func checkOutput(_ operation: StaticString, _ call: () -> Int32) throws(FFmpegError) {
        LogCapture.begin()
        var result = call()
        let ioError = unsafe io.raw.pointee.error
        if result >= 0, ioError < 0 { result = ioError }
        guard result < 0 else { return }
        throw FFmpegError(
            FFmpegError.Code(rawValue: result), operation: "\(operation)", path: path,
            logLine: LogCapture.lastLine, underlying: io.stream.thrown)
    }

    /// A read-only view of the file being written, over the same descriptor.
    fileprivate func openForReading() throws(FFmpegError) -> UnsafeMutablePointer<AVIOContext>? {
        guard let output = io.stream as? DescriptorStream, rereading == nil else { return nil }
        let reader = try IOContext(
            DescriptorStream(output.descriptor, .borrowed), writable: false)
        rereading = reader
        return unsafe reader.raw
    }
}

private func outputContext(
    _ context: UnsafeMutablePointer<AVFormatContext>?
) -> OutputContext? {
    guard let opaque = unsafe context?.pointee.opaque else { return nil }
    return unsafe Unmanaged<OutputContext>.fromOpaque(opaque).takeUnretainedValue()
}

/// The mov muxer opens its own output for reading to move the index to the front; everything else
/// a muxer might want to open is refused.
private func openOwnOutput(
    _ context: UnsafeMutablePointer<AVFormatContext>?,
    _ io: UnsafeMutablePointer<UnsafeMutablePointer<AVIOContext>?>?, _ url: UnsafePointer<CChar>?,
    _ flags: Int32, _ options: UnsafeMutablePointer<OpaquePointer?>?
) -> Int32 {
    guard let output = unsafe outputContext(context), let io = unsafe io,
        flags & AVIO_FLAG_READ_WRITE == AVIO_FLAG_READ,
        unsafe string(url) == OutputContext.ownName
    else { return FFmpegError.Code.notPermitted.rawValue }
    do {
        guard let reader = try unsafe output.openForReading() else {
            return FFmpegError.Code.notPermitted.rawValue
        }
        unsafe io.pointee = reader
        return 0
    } catch {
        return error.code.rawValue
    }
}

private func closeOwnOutput(
    _ context: UnsafeMutablePointer<AVFormatContext>?, _ io: UnsafeMutablePointer<AVIOContext>?
) -> Int32 {
    guard let output = unsafe outputContext(context),
        unsafe output.rereading?.raw == io
    else { return FFmpegError.Code.invalidArgument.rawValue }
    output.rereading = nil
    return 0
}
