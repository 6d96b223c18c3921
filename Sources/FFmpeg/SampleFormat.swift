import CFFmpeg

/// How audio samples are stored: "fltp", "s16", … Wraps AVSampleFormat.
/// <https://ffmpeg.org/doxygen/5.1/group__lavu__sampfmts.html>
package struct SampleFormat: Hashable, Sendable, CustomStringConvertible {
    let raw: AVSampleFormat

    init(_ raw: AVSampleFormat) { self.raw = raw }

    init?(rawNumber: Int32) {
        guard rawNumber >= 0 else { return nil }
        raw = AVSampleFormat(rawNumber)
    }

    /// The format of FFmpeg's name; nil if it has none of that name. Wraps av_get_sample_fmt.
    package init?(named name: String) {
        let raw = unsafe av_get_sample_fmt(name)
        guard raw != AV_SAMPLE_FMT_NONE else { return nil }
        self.raw = raw
    }

    /// 16-bit integers, interleaved.
    package static let s16 = SampleFormat(AV_SAMPLE_FMT_S16)
    /// 16-bit integers, one plane per channel.
    package static let s16p = SampleFormat(AV_SAMPLE_FMT_S16P)
    /// 32-bit integers, interleaved.
    package static let s32 = SampleFormat(AV_SAMPLE_FMT_S32)
    /// 32-bit floats (full scale ±1), interleaved.
    package static let flt = SampleFormat(AV_SAMPLE_FMT_FLT)
    /// 32-bit floats (full scale ±1), one plane per channel.
    package static let fltp = SampleFormat(AV_SAMPLE_FMT_FLTP)

    /// FFmpeg's name.
    package var name: String { unsafe string(av_get_sample_fmt_name(raw)) ?? "none" }

    /// The same as ``name``.
    package var description: String { name }

    /// Bytes of one sample of one channel. Wraps av_get_bytes_per_sample.
    package var bytesPerSample: Int { Int(av_get_bytes_per_sample(raw)) }

    /// Whether each channel has its own plane. Wraps av_sample_fmt_is_planar.
    package var isPlanar: Bool { av_sample_fmt_is_planar(raw) != 0 }
}
