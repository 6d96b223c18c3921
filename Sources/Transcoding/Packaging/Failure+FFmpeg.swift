package import FFmpeg
package import MediaModel

extension Failure {
    /// What FFmpeg said while something of ours was being made, as a failure of the attempt.
    ///
    /// An interruption is a `timeout` (whoever raised it knows why), lack of memory or space is the
    /// world's, everything else is ours: the input of these steps comes from this engine itself.
    /// - Parameter work: "writing audio-aac"; completes "while …".
    package init(_ error: FFmpegError, while work: String) {
        let text = "while \(work): \(error)"
        switch error.code {
        case .interrupted:
            self = .interrupted(while: work)
        case .outOfMemory:
            self = Failure(
                kind: .resources, code: "outOfMemory", operatorText: text,
                uploaderText: "Something went wrong on our side. We will try again.")
        case .noSpace:
            self = .io(code: "scratchFull", text + ". Free space where state.path lies.")
        case .inputOutput:
            self = .io(code: "scratch", text)
        default:
            if let failure = error.underlying as? Failure {
                self = failure
            } else {
                self = .internalError(code: "media", text)
            }
        }
    }

    /// The attempt was told to end, or its deadline passed.
    package static func interrupted(while work: String) -> Failure {
        Failure(
            kind: .timeout, code: "interrupted", operatorText: "interrupted while \(work).",
            uploaderText: "Processing was stopped before it was finished. We will try again.")
    }
}
