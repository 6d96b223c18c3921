import CFFmpeg

/// An SwsContext for one input format, freed by the last reference.
@safe final class ScalerContext {
    let raw: OpaquePointer

    /// Wraps sws_alloc_context, sws_init_context and sws_setColorspaceDetails.
    init(
        frame: Frame, width: Int, height: Int, pixelFormat: PixelFormat, color: ColorDescription,
        flags: Int32, threads: Int
    ) throws(FFmpegError) {
        guard let raw = unsafe sws_alloc_context() else {
            throw allocationFailure("sws_alloc_context")
        }
        unsafe self.raw = raw
        let options: [(String, Int64)] = [
            ("srcw", Int64(frame.width)), ("srch", Int64(frame.height)),
            ("src_format", unsafe Int64(frame.raw.pointee.format)), ("dstw", Int64(width)),
            ("dsth", Int64(height)), ("dst_format", Int64(pixelFormat.raw.rawValue)),
            ("sws_flags", Int64(flags)), ("threads", Int64(threads)),
        ]
        for (name, value) in options {
            try check("av_opt_set_int", path: name) {
                unsafe av_opt_set_int(UnsafeMutableRawPointer(raw), name, value, 0)
            }
        }
        try check("sws_init_context") { unsafe sws_init_context(raw, nil, nil) }

        let source = frame.color
        let full: Set<String?> = ["pc"]
        let sourceIsFull = full.contains(source.range) || frame.pixelFormat?.isFullRange == true
        let outputIsFull = full.contains(color.range) || pixelFormat.isFullRange
        let sourceMatrix = coefficients(source.matrix, height: frame.height)
        let outputMatrix =
            color.matrix == nil || color.matrix == "gbr"
            ? sourceMatrix : coefficients(color.matrix, height: frame.height)
        // Brightness 0, contrast and saturation 1 in 16.16. Formats without a matrix refuse this
        // harmlessly.
        _ = unsafe sws_setColorspaceDetails(
            raw, sws_getCoefficients(sourceMatrix), sourceIsFull ? 1 : 0,
            sws_getCoefficients(outputMatrix), outputIsFull ? 1 : 0, 0, 1 << 16, 1 << 16)
    }

    deinit { unsafe sws_freeContext(raw) }
}

extension PixelFormat {
    /// Full range by definition: RGB and the yuvj family.
    fileprivate var isFullRange: Bool { isRGB || name.hasPrefix("yuvj") }
}

/// swscale's number for a matrix; untagged pictures are BT.601 up to 576 lines, else BT.709, as
/// players assume.
private func coefficients(_ matrix: String?, height: Int) -> Int32 {
    switch matrix {
    case "bt709": SWS_CS_ITU709
    case "fcc": SWS_CS_FCC
    case "smpte240m": SWS_CS_SMPTE240M
    case "bt2020nc", "bt2020c": SWS_CS_BT2020
    case "bt470bg", "smpte170m": SWS_CS_ITU601
    default: height > 576 ? SWS_CS_ITU709 : SWS_CS_ITU601
    }
}
