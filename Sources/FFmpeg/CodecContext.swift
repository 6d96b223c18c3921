import CFFmpeg

/// An AVCodecContext, freed by the last reference.
/// <https://ffmpeg.org/doxygen/5.1/structAVCodecContext.html>
@safe final class CodecContext {
    let raw: UnsafeMutablePointer<AVCodecContext>

    init(_ codec: UnsafePointer<AVCodec>) throws(FFmpegError) {
        guard let raw = unsafe avcodec_alloc_context3(codec) else {
            throw allocationFailure("avcodec_alloc_context3")
        }
        unsafe self.raw = raw
    }

    /// One for a decoder, if it is on the list.
    convenience init(
        _ codec: UnsafePointer<AVCodec>, of list: DecoderList
    ) throws(FFmpegError) {
        let name = unsafe string(codec.pointee.name) ?? ""
        guard list.allows(name) else {
            throw FFmpegError(.notPermitted, operation: "codec_whitelist", path: name)
        }
        try unsafe self.init(codec)
    }

    deinit {
        var raw: UnsafeMutablePointer<AVCodecContext>? = unsafe self.raw
        unsafe avcodec_free_context(&raw)
    }

    /// Wraps avcodec_open2; an option nothing knows is an error.
    func open(
        _ codec: UnsafePointer<AVCodec>, options: [String: String], path: String
    ) throws(FFmpegError) {
        var dictionary = OptionDictionary(options)
        try check("avcodec_open2", path: path) {
            unsafe dictionary.consume { unsafe avcodec_open2(raw, codec, $0) }
        }
        try dictionary.requireConsumed(by: "avcodec_open2", path: path)
    }
}
