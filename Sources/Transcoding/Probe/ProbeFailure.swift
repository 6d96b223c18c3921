import FFmpeg
import MediaModel
import Planning

/// The refusals of the probe: what was found, what was expected, what to do.
enum ProbeFailure {
    static func encrypted(_ format: String) -> Failure {
        Failure(
            kind: .invalidMedia, code: "encrypted",
            operatorText: "the \(format) file is encrypted (DRM); no key can open it here. "
                + "Ask for an unprotected copy.",
            uploaderText: "This file is copy-protected. Please upload an unprotected version.")
    }

    static func noDecoder(_ stream: StreamDescription) -> Failure {
        Failure(
            kind: .unsupported, code: "noDecoder",
            operatorText: "stream \(stream.index) is coded as \(stream.codecLabel), for which "
                + lack(stream),
            uploaderText: "The picture is stored in a format that cannot be read here yet. "
                + "Please upload the film as H.264, HEVC, AV1 or ProRes.")
    }

    /// Why a stream has no decoder here.
    private static func lack(_ stream: StreamDescription) -> String {
        guard let name = Decoder.find(codec: stream.codecName, in: .any) else {
            return "this FFmpeg has no decoder; a newer FFmpeg may have one."
        }
        return "uploads get no decoder: \(name) is not among those that are kept safe to use on "
            + "files of strangers. Ask for an export in a common format."
    }

    static func noDecodableFrames(_ stream: StreamDescription, _ error: FFmpegError?) -> Failure {
        Failure(
            kind: .invalidMedia, code: "noDecodableFrames",
            operatorText: "stream \(stream.index) (\(stream.codecLabel)) was read to its end and "
                + "not one frame of it decodes" + (error.map { ": \($0)" } ?? "")
                + ". The file is damaged or cut off; ask for it again.",
            uploaderText: "This file is damaged: none of it can be shown. "
                + "Please export or upload it again.")
    }

    /// Neither picture nor sound.
    static func nothing(_ streams: StreamChoice, format: String) -> Failure {
        if let stream = streams.audio.first { return noDecodableFrames(stream, nil) }
        if let stream = streams.undecodableAudio.first {
            return Failure(
                kind: .unsupported, code: "noDecoder",
                operatorText: "the sound (stream \(stream.index)) is coded as "
                    + "\(stream.codecLabel), for which \(lack(stream))",
                uploaderText: "The sound is stored in a format that cannot be read here yet. "
                    + "Please upload it as WAV, FLAC, MP3 or AAC.")
        }
        return Failure(
            kind: .invalidMedia, code: "noStreams",
            operatorText: "the \(format) file holds neither a picture nor a sound.",
            uploaderText: "This file holds nothing that can be shown or played.")
    }

    static func dolbyVision(_ profile: Int) -> Failure {
        Failure(
            kind: .unsupported, code: "dolbyVision",
            operatorText: "Dolby Vision profile \(profile) without a compatible base layer: its "
                + "colours cannot be shown without Dolby's own processing. Ask for an HDR10, HLG "
                + "or SDR export.",
            uploaderText: "This film uses a kind of Dolby Vision that cannot be converted. "
                + "Please export it as HDR10, HLG or SDR.")
    }

    static func interrupted() -> Failure {
        Failure(
            kind: .timeout, code: "interrupted",
            operatorText: "the probe was stopped, or did not end within limits.probeSeconds.",
            uploaderText: "Something went wrong on our side. We will try again.")
    }

    /// The demuxer could not open it.
    static func unreadable(_ error: FFmpegError, format: String, limits: Limits) -> Failure {
        switch error.code {
        case .interrupted: interrupted()
        case .inputOutput: .io(code: "readSource", "the upload cannot be read: \(error)")
        case .outOfMemory:
            // Opening a whole film takes a small part of what a worker has: another attempt would be
            // asked for as much again.
            Failure(
                kind: .invalidMedia, code: "indexTooLarge",
                operatorText: "the content looks like \(format), and its index asks for more "
                    + "memory than a worker may have (\(error)); indexes of whole films take a few "
                    + "megabytes. Look at the file with ffprobe.",
                uploaderText: "This file is damaged: its table of contents cannot be right. "
                    + "Please export it again and upload it once more.")
        case .notPermitted:
            Failure(
                kind: .invalidMedia, code: "refersElsewhere",
                operatorText: "the file refers to other files or addresses instead of holding the "
                    + "media: \(error)",
                uploaderText: "This file only points to other files. "
                    + "Please upload the film or song itself.")
        default:
            Failure(
                kind: .invalidMedia, code: "unreadable",
                operatorText: "the content looks like \(format) but cannot be opened as such: "
                    + "\(error). The file is damaged or cut off (at most \(limits.streams) streams "
                    + "are read).",
                uploaderText: "This file is damaged or incomplete. "
                    + "Please export or upload it again.")
        }
    }
}
