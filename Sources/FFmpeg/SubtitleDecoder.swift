import CFFmpeg

/// Turns packets of text subtitles into events. Wraps AVCodecContext for subtitles.
///
/// Whatever the codec (SubRip, MP4 timed text, WebVTT, ASS), libavcodec gives lines in the language
/// of ASS: text with `{\i1}` overrides and `\N` line ends. Freed on every path; not thread-safe,
/// may move between threads. <https://ffmpeg.org/doxygen/5.1/group__lavc__decoding.html>
package struct SubtitleDecoder: ~Copyable, @unchecked Sendable {
    /// What is shown at once.
    package struct Event: Sendable, Hashable {
        /// The texts of its ASS lines.
        package let texts: [String]
        /// After the packet's time, in milliseconds.
        package let startOffset: Int
        /// After the packet's time, in milliseconds; nil = not said.
        package let endOffset: Int?
    }

    private let name: String
    private let context: CodecContext

    /// A decoder for one stream. Throws `.decoderNotFound` when none is built in, `.notPermitted` when
    /// it is not a common one. Wraps avcodec_open2.
    package init(stream: StreamDescription) throws(FFmpegError) {
        LogCapture.install()
        let parameters = stream.parameters
        guard let codec = unsafe avcodec_find_decoder(parameters.raw.pointee.codec_id) else {
            throw FFmpegError(
                .decoderNotFound, operation: "avcodec_find_decoder", path: parameters.codecName)
        }
        let name = parameters.codecName
        let context = try unsafe CodecContext(codec, of: .common)
        try check("avcodec_parameters_to_context", path: name) {
            unsafe avcodec_parameters_to_context(context.raw, parameters.raw)
        }
        unsafe context.raw.pointee.pkt_timebase = stream.timeBase.raw
        try unsafe context.open(codec, options: [:], path: name)
        self.name = name
        self.context = context
    }

    /// Decodes one packet; nil = nothing to show. Wraps avcodec_decode_subtitle2.
    ///
    /// Damage, and text that is not UTF-8, throws `.invalidData`: the next packet may be well.
    package mutating func decode(_ packet: Packet) throws(FFmpegError) -> Event? {
        LogCapture.begin()
        var subtitle = unsafe AVSubtitle()
        var isDecoded: Int32 = 0
        let result = unsafe avcodec_decode_subtitle2(
            context.raw, &subtitle, &isDecoded, packet.raw)
        defer { if isDecoded != 0 { unsafe avsubtitle_free(&subtitle) } }
        if result < 0 { throw failure("avcodec_decode_subtitle2", result, path: name) }
        guard isDecoded != 0 else { return nil }
        var texts: [String] = []
        for index in 0..<(unsafe Int(subtitle.num_rects)) {
            guard let rect = unsafe subtitle.rects[index] else { continue }
            if let line = unsafe string(rect.pointee.ass) {
                texts.append(Self.text(ofLine: line))
            } else if let text = unsafe string(rect.pointee.text) {
                texts.append(text)
            }
        }
        guard !texts.isEmpty else { return nil }
        let (start, end) = unsafe (subtitle.start_display_time, subtitle.end_display_time)
        return Event(
            texts: texts, startOffset: Int(start),
            endOffset: end > start && end < .max ? Int(end) : nil)
    }

    /// ReadOrder, Layer, Style, Name, three margins and Effect come before the text.
    private static func text(ofLine line: String) -> String {
        let fields = line.split(separator: ",", maxSplits: 8, omittingEmptySubsequences: false)
        return fields.count == 9 ? String(fields[8]) : line
    }
}
