import FFmpeg
import MediaModel
import Planning

/// Says what the source lacked: nothing is ever missing without a word.
enum DecodingReport {
    /// Frames that may be missing unsaid, as a share: counters of containers are off by a few.
    private static let unsaid = 0.02
    /// Share of the time from which on a black or still picture is worth a word.
    private static let mostly = 0.9

    static func warnings(_ source: FrameSource, _ plan: VideoPlan) -> [MediaWarning] {
        var warnings: [MediaWarning] = []
        if source.damagedPackets > 0 {
            warnings.append(
                MediaWarning(
                    code: "damagedFrames",
                    message: "Damaged in the upload, and repaired or left out: "
                        + "\(source.damagedPackets, of: "picture")."))
        }
        if source.hasClosedCaptions {
            warnings.append(
                MediaWarning(
                    code: "closedCaptionsLeftOut",
                    message: "The captions inside the picture (CEA-608 or 708) are not taken over; "
                        + "upload them as a subtitle track."))
        }
        let expected = plan.frameCount ?? 0
        if Double(source.decodedFrames) < Double(expected) * (1 - unsaid) - 1 {
            warnings.append(
                MediaWarning(
                    code: "missingFrames",
                    message:
                        "Of \(expected, of: "picture") \(source.decodedFrames) could be decoded."))
        }
        let repairs = source.repairs
        if repairs.invented > 0 || repairs.dropped > 0 {
            warnings.append(
                MediaWarning(
                    code: "repairedTimestamps",
                    message: "Put in sequence, as they had no time: "
                        + "\(repairs.invented, of: "picture"); left out, as they stood at or "
                        + "before the time of the one before: \(repairs.dropped)."))
        }
        return warnings
    }

    /// A film that shows nothing, or stands still, for most of its time is worth a word.
    static func warnings(_ analysis: FilmAnalysis, durationSeconds: Double) -> [MediaWarning] {
        func share(_ spans: [TimeSpan]) -> Double {
            spans.reduce(0) { $0 + $1.endSeconds - $1.startSeconds } / max(durationSeconds, 0.001)
        }
        var warnings: [MediaWarning] = []
        if share(analysis.black) > mostly {
            warnings.append(
                MediaWarning(
                    code: "mostlyBlack",
                    message: "The picture is black for \(Int(share(analysis.black) * 100)) % of "
                        + "the film."))
        } else if share(analysis.frozen) > mostly {
            warnings.append(
                MediaWarning(
                    code: "mostlyFrozen",
                    message: "The picture stands still for \(Int(share(analysis.frozen) * 100)) % "
                        + "of the film."))
        }
        return warnings
    }

    static func nothing(_ plan: VideoPlan, _ error: FFmpegError?) -> Failure {
        Failure(
            kind: .invalidMedia, code: "noDecodableFrames",
            operatorText: "not one frame of stream \(plan.streamIndex) (\(plan.codec)) decodes"
                + (error.map { ": \($0)" } ?? "") + ". Ask for the file again.",
            uploaderText: "This file is damaged: none of it can be shown. "
                + "Please export or upload it again.")
    }
}
