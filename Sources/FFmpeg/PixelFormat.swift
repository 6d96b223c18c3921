import CFFmpeg

/// How pixels are stored: "yuv420p", "rgb24", … Wraps AVPixelFormat and its descriptor.
/// <https://ffmpeg.org/doxygen/5.1/pixfmt_8h.html>
package struct PixelFormat: Hashable, Sendable, CustomStringConvertible {
    let raw: AVPixelFormat

    init(_ raw: AVPixelFormat) { self.raw = raw }

    /// The format or nil for AV_PIX_FMT_NONE, as codec parameters and frames have it.
    init?(rawNumber: Int32) {
        guard rawNumber >= 0 else { return nil }
        raw = AVPixelFormat(rawNumber)
    }

    /// The format of FFmpeg's name; nil if it has none of that name. Wraps av_get_pix_fmt.
    package init?(named name: String) {
        let raw = unsafe av_get_pix_fmt(name)
        guard raw != AV_PIX_FMT_NONE else { return nil }
        self.raw = raw
    }

    /// Planar 4:2:0, 8 bits.
    package static let yuv420p = PixelFormat(AV_PIX_FMT_YUV420P)
    /// Planar 4:2:2, 8 bits.
    package static let yuv422p = PixelFormat(AV_PIX_FMT_YUV422P)
    /// Planar 4:4:4, 8 bits.
    package static let yuv444p = PixelFormat(AV_PIX_FMT_YUV444P)
    /// Planar 4:2:0, 8 bits, full range by definition (deprecated by FFmpeg, still what MJPEG has).
    package static let yuvj420p = PixelFormat(AV_PIX_FMT_YUVJ420P)
    /// Planar 4:2:0 with alpha, 8 bits.
    package static let yuva420p = PixelFormat(AV_PIX_FMT_YUVA420P)
    /// Planar 4:2:0, 10 bits, little-endian.
    package static let yuv420p10 = PixelFormat(AV_PIX_FMT_YUV420P10LE)
    /// Packed RGB, 8 bits.
    package static let rgb24 = PixelFormat(AV_PIX_FMT_RGB24)
    /// Packed RGB with alpha, 8 bits.
    package static let rgba = PixelFormat(AV_PIX_FMT_RGBA)
    /// Packed RGB, 16 bits, little-endian.
    package static let rgb48 = PixelFormat(AV_PIX_FMT_RGB48LE)
    /// Packed RGB with alpha, 16 bits, little-endian.
    package static let rgba64 = PixelFormat(AV_PIX_FMT_RGBA64LE)
    /// Luma only, 8 bits.
    package static let gray8 = PixelFormat(AV_PIX_FMT_GRAY8)

    /// FFmpeg's name.
    package var name: String { unsafe string(av_get_pix_fmt_name(raw)) ?? "none" }

    /// The same as ``name``.
    package var description: String { name }

    /// The depth of the deepest component, in bits.
    package var bitDepth: Int {
        unsafe descriptor.map { Int(unsafe cffmpeg_pixdesc_depth($0)) } ?? 0
    }

    /// Whether a component is alpha.
    package var hasAlpha: Bool { hasFlag(AV_PIX_FMT_FLAG_ALPHA) }

    /// Whether components are red, green and blue.
    package var isRGB: Bool { hasFlag(AV_PIX_FMT_FLAG_RGB) }

    /// Whether pixels live in the memory of a device and must be downloaded first.
    package var isHardware: Bool { hasFlag(AV_PIX_FMT_FLAG_HWACCEL) }

    /// Components per pixel: 1 grey, 2 grey + alpha, 3, 4 with alpha.
    package var componentCount: Int {
        unsafe descriptor.map { Int(unsafe $0.pointee.nb_components) } ?? 0
    }

    /// log2 of the horizontal chroma subsampling: 1 for 4:2:0.
    package var chromaShiftX: Int {
        unsafe descriptor.map { Int(unsafe $0.pointee.log2_chroma_w) } ?? 0
    }

    /// log2 of the vertical chroma subsampling: 1 for 4:2:0.
    package var chromaShiftY: Int {
        unsafe descriptor.map { Int(unsafe $0.pointee.log2_chroma_h) } ?? 0
    }

    /// How many planes a frame has. Wraps av_pix_fmt_count_planes.
    package var planeCount: Int { max(0, Int(av_pix_fmt_count_planes(raw))) }

    private var descriptor: UnsafePointer<AVPixFmtDescriptor>? {
        unsafe av_pix_fmt_desc_get(raw)
    }

    private func hasFlag(_ flag: Int32) -> Bool {
        unsafe descriptor.map { unsafe $0.pointee.flags & UInt64(flag) != 0 } ?? false
    }
}
