import CFFmpeg

/// A piece of coded stream, as a demuxer or an encoder gives it. Wraps AVPacket.
///
/// The bytes are reference-counted and never change; the fields are the holder's. Ownership: a
/// packet has one holder at a time. Handing it to another thread hands over the right to set its
/// fields; ``ref()`` makes a second packet over the same bytes. Freed with its last reference.
/// <https://ffmpeg.org/doxygen/5.1/structAVPacket.html>
@safe package final class Packet: @unchecked Sendable {
    let raw: UnsafeMutablePointer<AVPacket>

    /// An empty packet, to be read into.
    package init() {
        guard let raw = unsafe av_packet_alloc() else { fatalError("out of memory") }
        unsafe self.raw = raw
    }

    /// A packet of these bytes, without timestamps. Wraps av_new_packet.
    package convenience init(bytes: [UInt8]) throws(FFmpegError) {
        self.init()
        try check("av_new_packet") { unsafe av_new_packet(raw, Int32(bytes.count)) }
        _ = unsafe UnsafeMutableBufferPointer(start: raw.pointee.data, count: bytes.count)
            .update(fromContentsOf: bytes)
    }

    /// A packet of `count` bytes that `fill` writes, without timestamps. Wraps av_new_packet.
    package convenience init<Failure: Error>(
        count: Int, fill: (inout MutableSpan<UInt8>) throws(Failure) -> Void
    ) throws {
        self.init()
        guard let length = Int32(exactly: count) else {
            throw FFmpegError(.outOfMemory, operation: "av_new_packet")
        }
        try check("av_new_packet") { unsafe av_new_packet(raw, length) }
        let buffer = unsafe UnsafeMutableBufferPointer(start: raw.pointee.data, count: count)
        var span = unsafe buffer.mutableSpan
        try fill(&span)
    }

    deinit {
        var raw: UnsafeMutablePointer<AVPacket>? = unsafe self.raw
        unsafe av_packet_free(&raw)
    }

    /// A second packet over the same bytes, with its own fields. Wraps av_packet_ref.
    package func ref() throws(FFmpegError) -> Packet {
        let copy = Packet()
        try check("av_packet_ref") { unsafe av_packet_ref(copy.raw, raw) }
        return copy
    }

    /// Drops the bytes and resets the fields, for reuse. Wraps av_packet_unref.
    package func unref() { unsafe av_packet_unref(raw) }

    /// When to show it, in ``timeBase`` units; nil = not stated.
    package var pts: Int64? {
        get { unsafe raw.pointee.pts.timestamp }
        set { unsafe raw.pointee.pts = newValue.rawTimestamp }
    }

    /// When to decode it, in ``timeBase`` units; nil = not stated.
    package var dts: Int64? {
        get { unsafe raw.pointee.dts.timestamp }
        set { unsafe raw.pointee.dts = newValue.rawTimestamp }
    }

    /// How long it is shown, in ``timeBase`` units; nil = not stated.
    package var duration: Int64? {
        get { unsafe raw.pointee.duration > 0 ? raw.pointee.duration : nil }
        set { unsafe raw.pointee.duration = newValue ?? 0 }
    }

    /// Seconds per unit of the timestamps; set by demuxers and encoders.
    package var timeBase: Rational {
        get { unsafe Rational(raw.pointee.time_base) }
        set { unsafe raw.pointee.time_base = newValue.raw }
    }

    /// The index of its stream.
    package var streamIndex: Int {
        get { unsafe Int(raw.pointee.stream_index) }
        set { unsafe raw.pointee.stream_index = Int32(newValue) }
    }

    /// Whether decoding can begin here.
    package var isKey: Bool { unsafe raw.pointee.flags & AV_PKT_FLAG_KEY != 0 }

    /// Whether the demuxer knows the bytes to be damaged.
    package var isCorrupt: Bool { unsafe raw.pointee.flags & AV_PKT_FLAG_CORRUPT != 0 }

    /// Whether it must be decoded but not shown (before an edit list's start).
    package var isDiscarded: Bool { unsafe raw.pointee.flags & AV_PKT_FLAG_DISCARD != 0 }

    /// Bytes of payload.
    package var size: Int { unsafe Int(raw.pointee.size) }

    /// Position in the input in bytes; nil when unknown.
    package var position: Int64? { unsafe raw.pointee.pos < 0 ? nil : raw.pointee.pos }

    /// The payload, valid during the call.
    package func withBytes<Result, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let buffer = unsafe UnsafeBufferPointer(
            start: raw.pointee.data, count: raw.pointee.data == nil ? 0 : size)
        return try body(unsafe buffer.span)
    }

    /// A copy of the payload.
    package var bytes: [UInt8] {
        unsafe Array(
            UnsafeBufferPointer(
                start: raw.pointee.data, count: raw.pointee.data == nil ? 0 : size))
    }

    /// Samples to drop from the decoded start and end (AV_PKT_DATA_SKIP_SAMPLES); nil without.
    package var skippedSamples: (start: Int, end: Int)? {
        var size = 0
        guard
            let data = unsafe av_packet_get_side_data(raw, AV_PKT_DATA_SKIP_SAMPLES, &size),
            size >= 8
        else { return nil }
        let words = UnsafeRawPointer(data)
        let start = unsafe UInt32(littleEndian: words.loadUnaligned(as: UInt32.self))
        let end = unsafe UInt32(
            littleEndian: words.loadUnaligned(fromByteOffset: 4, as: UInt32.self))
        return (Int(start), Int(end))
    }

    /// Whether Matroska carries a second block beside this one: the alpha plane of VP8 and VP9
    /// (AV_PKT_DATA_MATROSKA_BLOCKADDITIONAL).
    package var hasBlockAdditional: Bool {
        unsafe av_packet_get_side_data(raw, AV_PKT_DATA_MATROSKA_BLOCKADDITIONAL, nil) != nil
    }

    /// Moves both timestamps, to the nearest tick.
    package func delay(by seconds: Double) {
        let ticks = Int64((seconds / timeBase.doubleValue).rounded())
        pts = pts.map { $0 + ticks }
        dts = dts.map { $0 + ticks }
    }

    /// Counts the timestamps in another base. Wraps av_packet_rescale_ts.
    package func rescale(to base: Rational) {
        unsafe av_packet_rescale_ts(raw, raw.pointee.time_base, base.raw)
        timeBase = base
    }
}
