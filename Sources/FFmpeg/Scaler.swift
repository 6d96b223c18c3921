import CFFmpeg

/// Changes the size, format and colour matrix of pictures. Wraps SwsContext.
///
/// Adapts by itself when the input changes. Freed on every path; not thread-safe, may move between
/// threads. <https://ffmpeg.org/doxygen/5.1/group__libsws.html>
package struct Scaler: ~Copyable, @unchecked Sendable {
    /// How pixels are weighed.
    package enum Algorithm: Sendable {
        /// Fast, soft.
        case bilinear
        /// FFmpeg's default.
        case bicubic
        /// Averages whole areas: right for large reductions.
        case area
        /// Sharpest.
        case lanczos

        var flags: Int32 {
            switch self {
            case .bilinear: SWS_BILINEAR
            case .bicubic: SWS_BICUBIC
            case .area: SWS_AREA
            case .lanczos: SWS_LANCZOS
            }
        }
    }

    /// Width of the output in pixels.
    package let width: Int
    /// Height of the output in pixels.
    package let height: Int
    /// Format of the output.
    package let pixelFormat: PixelFormat

    private let color: ColorDescription?
    private let flags: Int32
    private let threads: Int
    private var current: (input: Input, context: ScalerContext)?

    private struct Input: Equatable {
        let width: Int
        let height: Int
        let format: Int32
        let matrix: String?
        let range: String?
    }

    /// A scaler to one size and format.
    ///
    /// `color` is what the output shall be labelled and, in matrix and range, converted to; nil
    /// keeps the input's (RGB output is always full range). Primaries and transfer are not
    /// converted: that is a filter's work (zscale). Slow-but-exact rounding is always on.
    package init(
        width: Int, height: Int, pixelFormat: PixelFormat, color: ColorDescription? = nil,
        algorithm: Algorithm = .bicubic, threads: Int = 1
    ) {
        LogCapture.install()
        self.width = width
        self.height = height
        self.pixelFormat = pixelFormat
        self.color = color
        self.threads = threads
        flags = algorithm.flags | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INT
    }

    /// The picture scaled into a new frame, timestamps and metadata kept. Wraps sws_scale_frame.
    package mutating func scale(_ frame: Frame) throws(FFmpegError) -> Frame {
        let context = try context(for: frame)
        let output = try Frame(width: width, height: height, pixelFormat: pixelFormat)
        try check("av_frame_copy_props") { unsafe av_frame_copy_props(output.raw, frame.raw) }
        try check("sws_scale_frame") { unsafe sws_scale_frame(context.raw, output.raw, frame.raw) }
        output.color = outputColor(for: frame)
        return output
    }

    /// The picture scaled into one array of packed rows: width × components × bytes each, no
    /// padding. For packed formats only (rgb24, rgba, gray8, rgb48). Wraps sws_scale.
    package mutating func packedPixels(of frame: Frame) throws(FFmpegError) -> [UInt8] {
        precondition(pixelFormat.planeCount == 1, "\(pixelFormat) is not packed")
        let context = try context(for: frame)
        let lineSize = Int(av_image_get_linesize(pixelFormat.raw, Int32(width), 0))
        var result: Int32 = 0
        // swscale's vector code may write a few bytes past the last row.
        let slack = 64
        var pixels = unsafe [UInt8](unsafeUninitializedCapacity: lineSize * height + slack) {
            buffer, count in
            LogCapture.begin()
            result = unsafe cffmpeg_sws_scale_into(
                context.raw, frame.raw, Int32(frame.height), buffer.baseAddress, Int32(lineSize))
            count = lineSize * height
        }
        guard result == Int32(height) else {
            pixels = []
            throw failure(
                "sws_scale", result < 0 ? result : FFmpegError.Code.external.rawValue)
        }
        return pixels
    }

    private mutating func context(for frame: Frame) throws(FFmpegError) -> ScalerContext {
        let input = unsafe Input(
            width: frame.width, height: frame.height, format: frame.raw.pointee.format,
            matrix: frame.color.matrix, range: frame.color.range)
        if let current, current.input == input { return current.context }
        let context = try ScalerContext(
            frame: frame, width: width, height: height, pixelFormat: pixelFormat,
            color: outputColor(for: frame), flags: flags, threads: threads)
        current = (input, context)
        return context
    }

    private func outputColor(for frame: Frame) -> ColorDescription {
        var result = color ?? frame.color
        if pixelFormat.isRGB {
            result.matrix = "gbr"
            result.range = "pc"
            result.chromaLocation = nil
        }
        return result
    }
}
