import CFFmpeg

/// What a decoder or a muxer must know about a stream; an owned copy that never changes, so that
/// several muxers and threads may share it. Wraps AVCodecParameters.
/// <https://ffmpeg.org/doxygen/5.1/structAVCodecParameters.html>
@safe package final class CodecParameters: @unchecked Sendable {
    let raw: UnsafeMutablePointer<AVCodecParameters>

    /// Empty parameters, filled by the caller before anybody else sees them.
    private init(filling fill: (UnsafeMutablePointer<AVCodecParameters>) -> Int32)
        throws(FFmpegError)
    {
        guard let raw = unsafe avcodec_parameters_alloc() else {
            throw allocationFailure("avcodec_parameters_alloc")
        }
        unsafe self.raw = raw
        try check("avcodec_parameters_copy") { unsafe fill(raw) }
    }

    convenience init(copying source: UnsafePointer<AVCodecParameters>) throws(FFmpegError) {
        try unsafe self.init { unsafe avcodec_parameters_copy($0, source) }
    }

    convenience init(from context: UnsafePointer<AVCodecContext>) throws(FFmpegError) {
        try unsafe self.init { unsafe avcodec_parameters_from_context($0, context) }
    }

    deinit {
        var raw: UnsafeMutablePointer<AVCodecParameters>? = unsafe self.raw
        unsafe avcodec_parameters_free(&raw)
    }

    /// What the stream carries.
    package var mediaType: MediaType { unsafe MediaType(raw.pointee.codec_type) }
    /// The codec's name as of avcodec_get_name: "h264", "aac", "prores".
    package var codecName: String {
        unsafe string(avcodec_get_name(raw.pointee.codec_id)) ?? "none"
    }
    /// The container's four-character code, when it is text: "avc1".
    package var codecTag: String? {
        let tag = unsafe raw.pointee.codec_tag
        let bytes = (0..<4).map { UInt8(truncatingIfNeeded: tag >> ($0 * 8)) }
        guard bytes.allSatisfy({ (32..<127).contains($0) }) else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }
    /// Width in pixels, 0 when unknown.
    package var width: Int { unsafe Int(raw.pointee.width) }
    /// Height in pixels, 0 when unknown.
    package var height: Int { unsafe Int(raw.pointee.height) }
    /// The format of pixels; nil for audio and unknown.
    package var pixelFormat: PixelFormat? {
        mediaType == .video ? unsafe PixelFormat(rawNumber: raw.pointee.format) : nil
    }
    /// The shape of a pixel; nil when unknown.
    package var sampleAspectRatio: Rational? {
        unsafe Rational(known: raw.pointee.sample_aspect_ratio)
    }
    /// The meaning of pixels.
    package var color: ColorDescription {
        unsafe ColorDescription(
            primaries: raw.pointee.color_primaries, transfer: raw.pointee.color_trc,
            matrix: raw.pointee.color_space, range: raw.pointee.color_range,
            chromaLocation: raw.pointee.chroma_location)
    }
    /// How fields are stored.
    package var fieldOrder: FieldOrder { unsafe FieldOrder(raw.pointee.field_order) }
    /// Samples per second, 0 for video and unknown.
    package var sampleRate: Int { unsafe Int(raw.pointee.sample_rate) }
    /// The format of samples; nil for video and unknown.
    package var sampleFormat: SampleFormat? {
        mediaType == .audio ? unsafe SampleFormat(rawNumber: raw.pointee.format) : nil
    }
    /// The channels; nil when there are none.
    package var channelLayout: ChannelLayout? {
        guard unsafe raw.pointee.ch_layout.nb_channels > 0 else { return nil }
        return unsafe withUnsafePointer(to: &raw.pointee.ch_layout) { unsafe ChannelLayout($0) }
    }
    /// Samples per channel of one packet, 0 when it varies.
    package var frameSize: Int { unsafe Int(raw.pointee.frame_size) }
    /// Samples to drop at the start, which the encoder put there.
    package var initialPadding: Int { unsafe Int(raw.pointee.initial_padding) }
    /// Samples to drop at the end.
    package var trailingPadding: Int { unsafe Int(raw.pointee.trailing_padding) }
    /// Bits per second, 0 when unknown.
    package var bitRate: Int64 { unsafe raw.pointee.bit_rate }
    /// Bits per sample or component that the codec keeps, 0 when unknown.
    package var bitsPerRawSample: Int { unsafe Int(raw.pointee.bits_per_raw_sample) }
    /// Bits per sample in the container (WAV: 24), 0 when unknown.
    package var bitsPerCodedSample: Int { unsafe Int(raw.pointee.bits_per_coded_sample) }
    /// The profile's number; nil when unknown.
    package var profileNumber: Int? {
        let profile = unsafe raw.pointee.profile
        return profile < 0 ? nil : Int(profile)
    }
    /// The profile's name: "High", "LC", "Main 10". Wraps avcodec_profile_name.
    package var profile: String? {
        unsafe string(avcodec_profile_name(raw.pointee.codec_id, raw.pointee.profile))
    }
    /// The level as the codec counts it (H.264: 40 = 4.0); nil when unknown.
    package var level: Int? {
        let level = unsafe raw.pointee.level
        return level < 0 ? nil : Int(level)
    }
    /// The codec's out-of-band headers: avcC, AudioSpecificConfig, OpusHead, …
    package var extradata: [UInt8] {
        unsafe Array(
            UnsafeBufferPointer(
                start: raw.pointee.extradata,
                count: raw.pointee.extradata == nil ? 0 : Int(raw.pointee.extradata_size)))
    }
}

/// How a stream stores fields. Wraps AVFieldOrder.
/// <https://ffmpeg.org/doxygen/5.1/codec__par_8h.html>
package enum FieldOrder: String, Hashable, Sendable, Codable {
    case unknown, progressive
    /// Top coded first, top displayed first.
    case topFirst
    /// Bottom coded first, bottom displayed first.
    case bottomFirst
    /// Top coded first, bottom displayed first.
    case topCodedBottomShown
    /// Bottom coded first, top displayed first.
    case bottomCodedTopShown

    init(_ raw: AVFieldOrder) {
        switch raw {
        case AV_FIELD_PROGRESSIVE: self = .progressive
        case AV_FIELD_TT: self = .topFirst
        case AV_FIELD_BB: self = .bottomFirst
        case AV_FIELD_TB: self = .topCodedBottomShown
        case AV_FIELD_BT: self = .bottomCodedTopShown
        default: self = .unknown
        }
    }
}
