import FFmpeg
import MediaModel
import Planning

/// Whole pictures of an animation, one after the other: parts are put together, disposal is done.
protocol AnimationFrames: AnyObject {
    /// Of the pictures' own metadata.
    var attribution: Attribution { get }
    /// What was found on the way, for the manifest.
    var warnings: [MediaWarning] { get }

    /// How long each frame wants to be shown, in milliseconds.
    var delays: [Int] { get }

    /// The next picture: sRGB with straight alpha, as stored, as large as the canvas; nil after the
    /// last one.
    func next() throws(Failure) -> PackedFrame?
}

/// Opens animations.
enum AnimationReader {
    /// - Parameter interrupt: ends reading that goes through FFmpeg.
    static func open(
        _ reader: AnimationPlan.Reader, descriptor: Int32, interrupt: Interrupt
    ) throws(Failure) -> any AnimationFrames {
        switch reader {
        case .roll(let loader): try RollFrames(descriptor: descriptor, loader: loader)
        case .png: try PNGFrames(descriptor: descriptor)
        case .track(let demuxer):
            try TrackFrames(descriptor: descriptor, demuxer: demuxer, interrupt: interrupt)
        }
    }

    static func damaged(_ what: String) -> Failure {
        Failure(
            kind: .invalidMedia, code: "unreadablePicture",
            operatorText: "the animation cannot be decoded: \(what).",
            uploaderText: "This animation is damaged and cannot be read. "
                + "Please export it again and upload it once more.")
    }
}
