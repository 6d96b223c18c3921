import CFFmpeg

/// Puts packets together into a container. Wraps AVFormatContext for writing.
///
/// Writes to a descriptor or to a closure, never to a path. Order of calls: `addStream` for each
/// stream, `writeHeader`, packets, `writeTrailer`. Without a trailer the file is not complete;
/// dropping the muxer only frees it. Not thread-safe, may move between threads.
/// <https://ffmpeg.org/doxygen/5.1/group__lavf__encoding.html>
package struct Muxer: ~Copyable, @unchecked Sendable {
    private let context: OutputContext
    private let scratch = Packet()

    /// A muxer into a file. The descriptor must be open for reading *and* writing when the format
    /// goes back over its output (`movflags=faststart`); it stays the caller's unless `.owned`.
    /// `format` is a muxer's name: "mp4", "webm", "ogg", "adts", "mp3", "flac", "webvtt".
    /// Wraps avformat_alloc_output_context2.
    package init(
        format: String, descriptor: Int32, ownership: DescriptorOwnership = .borrowed,
        displayName: String? = nil, interrupt: Interrupt? = nil
    ) throws(FFmpegError) {
        LogCapture.install()
        let stream = DescriptorStream(descriptor, ownership, interrupt: interrupt)
        context = try OutputContext(format, stream, displayName)
    }

    /// A muxer into a closure, which gets all bytes in order and nothing twice. The format must not
    /// need to go back: fragmented MP4, WebM without cues, ADTS. What the closure throws ends the
    /// call under way, as ``FFmpegError/underlying``. The closure is called
    /// on the thread that calls the muxer, and kept until the muxer goes.
    package init(
        format: String, displayName: String? = nil, sink: @escaping ([UInt8]) throws -> Void
    ) throws(FFmpegError) {
        LogCapture.install()
        context = try OutputContext(format, ClosureStream(sink), displayName)
    }

    /// Whether the container keeps codec headers apart from packets: encoders for it then need
    /// `globalHeader`. Wraps AVFMT_GLOBALHEADER.
    package var wantsGlobalHeader: Bool {
        unsafe context.raw.pointee.oformat.pointee.flags & AVFMT_GLOBALHEADER != 0
    }

    /// Adds a stream of what an encoder makes; returns its index.
    @discardableResult
    package mutating func addStream(
        from encoder: borrowing Encoder, metadata: [String: String] = [:],
        disposition: StreamDescription.Disposition = []
    ) throws(FFmpegError) -> Int {
        try addStream(
            encoder.parameters, timeBase: encoder.timeBase, frameRate: encoder.frameRate,
            metadata: metadata, disposition: disposition)
    }

    /// Adds a stream of packets with these parameters; returns its index.
    ///
    /// The container chooses its own time base (see ``timeBase(ofStream:)``), `timeBase` is a hint;
    /// packets are rescaled. `tag` forces the container's four-character code ("hvc1").
    /// Wraps avformat_new_stream and avcodec_parameters_copy.
    @discardableResult
    package mutating func addStream(
        _ parameters: CodecParameters, timeBase: Rational, frameRate: Rational? = nil,
        tag: String? = nil, metadata: [String: String] = [:],
        disposition: StreamDescription.Disposition = [], displayMatrix: DisplayMatrix? = nil
    ) throws(FFmpegError) -> Int {
        precondition(!context.isHeaderWritten, "streams are added before the header")
        guard let stream = unsafe avformat_new_stream(context.raw, nil) else {
            throw allocationFailure("avformat_new_stream")
        }
        try check("avcodec_parameters_copy") {
            unsafe avcodec_parameters_copy(stream.pointee.codecpar, parameters.raw)
        }
        // The source container's code would be wrong in another container.
        unsafe stream.pointee.codecpar.pointee.codec_tag = tag.map(fourCharacterCode) ?? 0
        unsafe stream.pointee.time_base = timeBase.raw
        if let frameRate { unsafe stream.pointee.avg_frame_rate = frameRate.raw }
        if let aspect = parameters.sampleAspectRatio {
            unsafe stream.pointee.sample_aspect_ratio = aspect.raw
        }
        unsafe stream.pointee.disposition = disposition.rawValue
        for (key, value) in metadata {
            unsafe av_dict_set(&stream.pointee.metadata, key, value, 0)
        }
        if let displayMatrix {
            let bytes = unsafe cffmpeg_stream_new_side_data(stream, AV_PKT_DATA_DISPLAYMATRIX, 36)
            guard let bytes = unsafe bytes else {
                throw allocationFailure("av_stream_new_side_data")
            }
            for (index, value) in displayMatrix.values.enumerated() {
                unsafe UnsafeMutableRawPointer(bytes).storeBytes(
                    of: value, toByteOffset: index * 4, as: Int32.self)
            }
        }
        return unsafe Int(stream.pointee.index)
    }

    /// Sets a tag of the file. Before the header.
    package mutating func setMetadata(_ key: String, _ value: String) {
        unsafe av_dict_set(&context.raw.pointee.metadata, key, value, 0)
    }

    /// Adds a chapter. Before the header.
    package mutating func addChapter(
        id: Int, start: Timestamp, end: Timestamp, title: String
    ) throws(FFmpegError) { try context.addChapter(id, start, end, title) }

    /// Leaves version strings and dates out, for reproducible bytes. Before the header.
    package mutating func setBitExact() {
        unsafe context.raw.pointee.flags |= AVFMT_FLAG_BITEXACT
    }

    /// Writes the header. An option the muxer does not know is an error.
    /// Wraps avformat_write_header.
    package mutating func writeHeader(options: [String: String] = [:]) throws(FFmpegError) {
        try context.writeHeader(options)
    }

    /// Seconds per unit of a stream's timestamps in the container; final after the header.
    package func timeBase(ofStream index: Int) -> Rational {
        let count = unsafe Int(context.raw.pointee.nb_streams)
        guard (0..<count).contains(index), let stream = unsafe context.raw.pointee.streams[index]
        else { preconditionFailure("no stream \(index)") }
        return unsafe Rational(stream.pointee.time_base)
    }

    /// Writes a packet when its turn comes by decoding time, holding it back until the other
    /// streams have caught up. Only reads the packet: several muxers may take the same.
    /// Wraps av_interleaved_write_frame.
    package mutating func write(_ packet: Packet, stream: Int) throws(FFmpegError) {
        try prepare(packet, stream)
        defer { scratch.unref() }
        try context.checkOutput("av_interleaved_write_frame") {
            unsafe av_interleaved_write_frame(context.raw, scratch.raw)
        }
    }

    /// Writes a packet at once, in the order of calls. Wraps av_write_frame.
    package mutating func writeUninterleaved(
        _ packet: Packet, stream: Int
    ) throws(FFmpegError) {
        try prepare(packet, stream)
        defer { scratch.unref() }
        try context.checkOutput("av_write_frame") {
            unsafe av_write_frame(context.raw, scratch.raw)
        }
    }

    /// Hands the header's bytes to the output, alone: the initialisation segment.
    ///
    /// Without `movflags=delay_moov` the header is complete after `writeHeader`. With it, the muxer
    /// makes the header from the first packets: call this once every stream has one, before the
    /// first ``flushFragment()``.
    package mutating func flushHeader() throws(FFmpegError) {
        if context.isHeaderDelayed {
            context.isHeaderDelayed = false
            try writePending()
        }
        try flush()
    }

    /// Ends the fragment under way and hands all its bytes to the output (`movflags=frag_custom`);
    /// a header still due comes first.
    ///
    /// Packets held back for interleaving are written before. Nothing is made of no packets.
    /// Wraps av_interleaved_write_frame(NULL), av_write_frame(NULL) and avio_flush.
    package mutating func flushFragment() throws(FFmpegError) {
        // With delay_moov the first flush gives the header only and keeps the packets.
        if context.isHeaderDelayed { try flushHeader() }
        try writePending()
        try flush()
    }

    private func writePending() throws(FFmpegError) {
        try context.checkOutput("av_interleaved_write_frame") {
            unsafe av_interleaved_write_frame(context.raw, nil)
        }
        try context.checkOutput("av_write_frame") { unsafe av_write_frame(context.raw, nil) }
    }

    /// Hands what is buffered to the output. Wraps avio_flush.
    package mutating func flush() throws(FFmpegError) {
        try context.checkOutput("avio_flush") {
            unsafe avio_flush(context.raw.pointee.pb)
            return 0
        }
    }

    /// Completes the file: index, durations, and for faststart the move of the index to the front.
    /// Wraps av_write_trailer.
    package mutating func writeTrailer() throws(FFmpegError) { try context.writeTrailer() }

    /// Puts a reference to the packet, as this container wants it, into `scratch`.
    private func prepare(_ packet: Packet, _ stream: Int) throws(FFmpegError) {
        precondition(context.isHeaderWritten, "the header comes first")
        let base = timeBase(ofStream: stream)
        scratch.unref()
        try check("av_packet_ref") { unsafe av_packet_ref(scratch.raw, packet.raw) }
        scratch.streamIndex = stream
        unsafe scratch.raw.pointee.pos = -1
        if packet.timeBase.num > 0 { scratch.rescale(to: base) }
    }
}

/// "hvc1" as the number containers store.
private func fourCharacterCode(_ text: String) -> UInt32 {
    let bytes = Array(text.utf8)
    precondition(bytes.count == 4, "a codec tag has four characters")
    return bytes.reversed().reduce(0) { $0 << 8 | UInt32($1) }
}
