import CFFmpeg

/// Why a call into FFmpeg failed: code, operation, what it was about, FFmpeg's own last words.
///
/// "Again" and "end of stream" are results of the calls that can give them, never thrown.
package struct FFmpegError: Error, Sendable, CustomStringConvertible {
    /// FFmpeg's error number, open: codes without a name here are still values.
    package struct Code: RawRepresentable, Hashable, Sendable {
        /// The negative number FFmpeg returned.
        package let rawValue: Int32

        /// Any code.
        package init(rawValue: Int32) { self.rawValue = rawValue }
    }

    /// What went wrong.
    package let code: Code
    /// The C function that failed, as FFmpeg names it: `avcodec_open2`.
    package let operation: String
    /// What the call was about: a file's display name, a codec, a filter description.
    package let path: String?
    /// The last error line (else warning) FFmpeg logged on this thread during the operation.
    package let logLine: String?
    /// The error a caller's closure threw, when that is what ended the operation.
    package let underlying: (any Error)?

    /// An error by its parts.
    package init(
        _ code: Code, operation: String, path: String? = nil, logLine: String? = nil,
        underlying: (any Error)? = nil
    ) {
        self.code = code
        self.operation = operation
        self.path = path
        self.logLine = logLine
        self.underlying = underlying
    }

    /// "avformat_open_input: Invalid data found when processing input (clip.mov): moov atom not found".
    package var description: String {
        var text = "\(operation): \(code)"
        if let path { text += " (\(path))" }
        if let logLine { text += ": \(logLine)" }
        if let underlying { text += "; \(underlying)" }
        return text
    }
}

extension FFmpegError.Code: CustomStringConvertible {
    /// Not now: give or take something first.
    package static let again = Self(rawValue: cffmpeg_AVERROR_EAGAIN)
    /// End of stream.
    package static let end = Self(rawValue: cffmpeg_AVERROR_EOF)
    /// The input breaks its format.
    package static let invalidData = Self(rawValue: cffmpeg_AVERROR_INVALIDDATA)
    /// An ``Interrupt`` was raised or its deadline passed.
    package static let interrupted = Self(rawValue: cffmpeg_AVERROR_EXIT)
    /// No decoder is built in for this codec.
    package static let decoderNotFound = Self(rawValue: cffmpeg_AVERROR_DECODER_NOT_FOUND)
    /// No demuxer of this name.
    package static let demuxerNotFound = Self(rawValue: cffmpeg_AVERROR_DEMUXER_NOT_FOUND)
    /// No encoder of this name.
    package static let encoderNotFound = Self(rawValue: cffmpeg_AVERROR_ENCODER_NOT_FOUND)
    /// No filter of this name.
    package static let filterNotFound = Self(rawValue: cffmpeg_AVERROR_FILTER_NOT_FOUND)
    /// No muxer of this name.
    package static let muxerNotFound = Self(rawValue: cffmpeg_AVERROR_MUXER_NOT_FOUND)
    /// An option that nothing consumed.
    package static let optionNotFound = Self(rawValue: cffmpeg_AVERROR_OPTION_NOT_FOUND)
    /// No such stream.
    package static let streamNotFound = Self(rawValue: cffmpeg_AVERROR_STREAM_NOT_FOUND)
    /// The frame is not of the size or format that was declared; build a new graph or encoder.
    package static let inputChanged = Self(rawValue: cffmpeg_AVERROR_INPUT_CHANGED)
    /// FFmpeg does not implement this yet.
    package static let unsupported = Self(rawValue: cffmpeg_AVERROR_PATCHWELCOME)
    /// An external library (x264, opus, …) failed.
    package static let external = Self(rawValue: cffmpeg_AVERROR_EXTERNAL)
    /// A bug inside FFmpeg.
    package static let bug = Self(rawValue: cffmpeg_AVERROR_BUG)
    /// ENOMEM.
    package static let outOfMemory = Self(rawValue: cffmpeg_AVERROR(ENOMEM))
    /// EINVAL.
    package static let invalidArgument = Self(rawValue: cffmpeg_AVERROR(EINVAL))
    /// EIO.
    package static let inputOutput = Self(rawValue: cffmpeg_AVERROR(EIO))
    /// ENOSPC: the output's file system is full.
    package static let noSpace = Self(rawValue: cffmpeg_AVERROR(ENOSPC))
    /// EPERM: refused by this wrapper, e.g. a demuxer that wanted to open another file.
    package static let notPermitted = Self(rawValue: cffmpeg_AVERROR(EPERM))
    /// ERANGE: a limit was passed.
    package static let range = Self(rawValue: cffmpeg_AVERROR(ERANGE))

    /// FFmpeg's text for the code. Wraps av_strerror.
    /// <https://ffmpeg.org/doxygen/5.1/group__lavu__error.html>
    package var description: String {
        unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 128) { buffer in
            guard let base = buffer.baseAddress else { return "error \(rawValue)" }
            _ = unsafe av_strerror(rawValue, base, buffer.count)
            return unsafe String(cString: base)
        }
    }
}

/// Runs one C call; a negative result is thrown with what FFmpeg logged on this thread meanwhile.
@discardableResult
func check(
    _ operation: StaticString, path: String? = nil, _ call: () -> Int32
) throws(FFmpegError) -> Int32 {
    LogCapture.begin()
    let result = call()
    guard result < 0 else { return result }
    throw failure(operation, result, path: path)
}

/// The error for a code that was returned, with the thread's last log line.
func failure(_ operation: StaticString, _ code: Int32, path: String? = nil) -> FFmpegError {
    FFmpegError(
        FFmpegError.Code(rawValue: code), operation: "\(operation)", path: path,
        logLine: LogCapture.lastLine)
}

/// The error for an allocation that returned NULL.
func allocationFailure(_ operation: StaticString) -> FFmpegError {
    FFmpegError(.outOfMemory, operation: "\(operation)")
}
