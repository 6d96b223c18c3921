import CFFmpeg
import Glibc

/// Takes a container apart into packets. Wraps AVFormatContext for reading.
///
/// Reads a descriptor, never a path, with the one demuxer its caller has chosen by looking at the
/// bytes. No protocol is allowed, and a demuxer that asks for another file is refused: an HLS
/// playlist called .mp4 can neither be parsed as one nor fetch anything.
/// Freed on every path; not thread-safe, may move between threads.
/// <https://ffmpeg.org/doxygen/5.1/group__lavf__decoding.html>
package struct Demuxer: ~Copyable, @unchecked Sendable {
    /// The streams, as of opening.
    package let streams: [StreamDescription]
    /// The demuxer's name: "mov,mp4,m4a,3gp,3g2,mj2".
    package let formatName: String
    /// The first presentation time of all streams; nil when unknown.
    package let startTime: Timestamp?
    /// The length of the longest stream; nil when unknown.
    package let duration: Timestamp?
    /// Bits per second of the whole file; nil when unknown.
    package let bitRate: Int64?
    /// The file's tags.
    package let metadata: [String: String]
    /// The file's chapters.
    package let chapters: [Chapter]

    private let context: InputContext

    /// Opens the input and recognises its streams.
    ///
    /// `descriptor` must be seekable and stays the caller's unless `.owned` (then it is closed even
    /// when this throws). `format` is one demuxer's name or one of its short names ("mov", "mp4",
    /// "matroska"). Wraps avformat_open_input and avformat_find_stream_info.
    package init(
        descriptor: Int32, ownership: DescriptorOwnership = .borrowed, format: String,
        settings: DemuxerSettings = DemuxerSettings(), interrupt: Interrupt = Interrupt()
    ) throws(FFmpegError) {
        LogCapture.install()
        let stream = DescriptorStream(descriptor, ownership, interrupt: interrupt)
        let context = try InputContext(stream, format, settings, interrupt)
        let raw = unsafe context.raw

        var streams: [StreamDescription] = []
        for index in 0..<(unsafe Int(raw.pointee.nb_streams)) {
            guard let stream = unsafe raw.pointee.streams[index] else { continue }
            streams.append(try unsafe StreamDescription(stream, of: raw))
        }
        self.context = context
        self.streams = streams
        formatName = unsafe string(raw.pointee.iformat.pointee.name) ?? format
        startTime = unsafe raw.pointee.start_time.timestamp.map { Timestamp($0, .microseconds) }
        duration = unsafe raw.pointee.duration.timestamp.flatMap {
            $0 > 0 ? Timestamp($0, .microseconds) : nil
        }
        bitRate = unsafe raw.pointee.bit_rate > 0 ? raw.pointee.bit_rate : nil
        metadata = unsafe FFmpeg.metadata(raw.pointee.metadata)
        chapters = (0..<(unsafe Int(raw.pointee.nb_chapters))).compactMap { index in
            guard let chapter = unsafe raw.pointee.chapters[index] else { return nil }
            return unsafe Chapter(chapter)
        }
    }

    /// What a read gave.
    package enum ReadResult {
        /// The next packet, of any stream that is not discarded.
        case packet(Packet)
        /// The input is over.
        case end
    }

    /// The next packet in file order, timestamps with the stream's base. Wraps av_read_frame.
    ///
    /// Throws `.interrupted`, I/O errors, and `.invalidData` where the demuxer cannot go on.
    package mutating func read() throws(FFmpegError) -> ReadResult {
        let packet = Packet()
        return try read(into: packet) ? .packet(packet) : .end
    }

    /// The same into a packet to be reused; false at the end. Wraps av_read_frame.
    package mutating func read(into packet: Packet) throws(FFmpegError) -> Bool {
        packet.unref()
        while true {
            LogCapture.begin()
            let result = unsafe av_read_frame(context.raw, packet.raw)
            // An interrupted read comes back as damage or as the end, or not at all from a buffer.
            if context.interrupt.isRaised {
                packet.unref()
                throw FFmpegError(.interrupted, operation: "av_read_frame", path: context.path)
            }
            if result == cffmpeg_AVERROR_EOF {
                // Some demuxers report a failed read as the end.
                let ioError = unsafe context.raw.pointee.pb.pointee.error
                guard ioError < 0, ioError != cffmpeg_AVERROR_EOF else { return false }
                throw failure("av_read_frame", ioError, path: context.path)
            }
            if result == cffmpeg_AVERROR_EAGAIN { continue }
            if result < 0 {
                throw failure("av_read_frame", context.meant(result), path: context.path)
            }
            // A stream that turned up after opening is one nobody has planned for.
            guard streams.indices.contains(packet.streamIndex) else {
                packet.unref()
                continue
            }
            packet.timeBase = streams[packet.streamIndex].timeBase
            return true
        }
    }

    /// Moves to the last key frame of `stream` at or before `ticks` (the stream's time base);
    /// flush the decoders after. Wraps avformat_seek_file.
    package mutating func seek(toKeyFrameAtOrBefore ticks: Int64, stream: Int) throws(FFmpegError) {
        try check("avformat_seek_file", path: context.path) {
            unsafe avformat_seek_file(context.raw, Int32(stream), .min, ticks, ticks, 0)
        }
    }

    /// Which packets of a stream are read at all.
    package enum Discard: Sendable {
        /// Read everything.
        case nothing
        /// Read key frames only, where the demuxer can tell.
        case nonKey
        /// Read nothing.
        case all
    }

    /// Chooses which packets of a stream are read. Wraps AVStream.discard.
    package mutating func discard(_ what: Discard, stream: Int) {
        precondition(streams.indices.contains(stream), "no stream \(stream)")
        let value =
            switch what {
            case .nothing: AVDISCARD_DEFAULT
            case .nonKey: AVDISCARD_NONKEY
            case .all: AVDISCARD_ALL
            }
        unsafe context.raw.pointee.streams[stream]?.pointee.discard = value
    }

    /// The picture of a cover-art stream; nil when the stream is not one.
    /// Wraps AVStream.attached_pic.
    package func attachedPicture(stream: Int) throws(FFmpegError) -> Packet? {
        precondition(streams.indices.contains(stream), "no stream \(stream)")
        guard let raw = unsafe context.raw.pointee.streams[stream],
            unsafe raw.pointee.disposition & AV_DISPOSITION_ATTACHED_PIC != 0,
            unsafe raw.pointee.attached_pic.size > 0
        else { return nil }
        let packet = Packet()
        try check("av_packet_ref") {
            unsafe av_packet_ref(packet.raw, &raw.pointee.attached_pic)
        }
        packet.timeBase = streams[stream].timeBase
        return packet
    }
}
