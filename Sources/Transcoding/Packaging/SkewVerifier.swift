import MediaModel
import Planning

/// Holds what was written against the moments at which the decoded frames and samples stood: the
/// picture's and the sound's files must not have moved against each other.
enum SkewVerifier {
    /// Between picture and sound, at both ends, in seconds: half of what viewers begin to notice
    /// (ITU-R BT.1359).
    static let tolerance = 0.020

    /// - Parameters:
    ///   - pictureStart: of the first frame handed to the encoders, in seconds from the origin.
    ///   - pictureEnd: of the last one's end.
    static func verify(
        video: [SegmentedTrack], pictureStart: Double, pictureEnd: Double
    ) throws(Failure) {
        for track in video {
            try check(track, "start", track.startSeconds, pictureStart, tolerance)
            try check(track, "end", track.endSeconds, pictureEnd, tolerance)
        }
    }

    /// - Parameter soundEnd: of the samples handed to the encoders; they begin at the origin.
    static func verify(audio: SegmentedTrack, soundEnd: Double) throws(Failure) {
        try check(audio, "start", audio.startSeconds, 0, tolerance)
        // One packet: encoders fill up their last one.
        let packet = audio.durationSeconds / Double(max(1, audio.packetCount))
        try check(audio, "end", audio.endSeconds, soundEnd, max(tolerance, packet))
    }

    private static func check(
        _ track: SegmentedTrack, _ what: String, _ found: Double, _ expected: Double,
        _ tolerance: Double
    ) throws(Failure) {
        guard abs(found - expected) <= tolerance else {
            throw MediaVerifier.wrong(
                track.output.name, "its \(what) at \(found) s", "\(expected) s")
        }
    }
}
