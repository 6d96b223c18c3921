package import MediaModel

/// How fields become whole pictures, from the tags and from what the pictures show.
package enum FieldRule {
    package enum Treatment: String, Codable, Hashable, Sendable {
        /// The pictures are whole.
        case none
        /// Two moments in each: the missing lines are made up.
        case deinterlace
        /// Film at 24 frames on 30 frames of video (3:2 pulldown): its own frames are put together
        /// again.
        case inverseTelecine
    }

    package struct Verdict: Hashable, Sendable {
        package var treatment: Treatment
        package var topFieldFirst: Bool
        /// nil = nothing worth saying.
        package var reason: String?
    }

    /// Frames that can be judged; fewer prove nothing.
    static let leastEvidence = 10
    /// Share of the judged frames that must comb where the tag does not say so.
    static let combedShare = 0.5
    /// Share of the judged frames that must fit the cycle of 3:2 pulldown. Whole pictures alone fit
    /// it by 0.6, combed ones by 0.4.
    static let pulldownShare = 0.85

    /// Frames that must be judged before a tag is doubted, from more than half of the places looked at;
    /// hardly any of them may comb. Deinterlacing whole pictures costs sharpness, but leaving combs in
    /// costs more.
    static let evidenceAgainstTag = 45
    static let wholeShare = 0.01

    package static func judge(_ video: VideoStreamInfo) -> Verdict {
        let tagged = ["tt", "bb"].contains(video.fieldOrder ?? "")
        let taggedTop = video.fieldOrder != "bb"
        guard let counts = video.fields, counts.moving >= leastEvidence else {
            return Verdict(
                treatment: tagged ? .deinterlace : .none, topFieldFirst: taggedTop,
                reason: tagged ? "the stream is tagged \(video.fieldOrder ?? "")" : nil)
        }
        let combed = Double(counts.combed) / Double(counts.moving)
        // Tags are often wrong about the order; pictures that clearly move the other way are not.
        let (more, less) = (
            max(counts.topFirst, counts.bottomFirst), min(counts.topFirst, counts.bottomFirst)
        )
        let isClear = more >= leastEvidence && more >= 3 * less
        let top =
            isClear || (!tagged && more != less)
            ? counts.topFirst > counts.bottomFirst : taggedTop
        let figures = "\(counts.combed) of \(counts.moving) examined frames hold two moments"
        let rate = video.frameRate?.value ?? 0
        let inCycle = Double(counts.inPulldownCycle) / Double(counts.moving)
        // A cycle that drops every fifth frame needs an even cadence.
        if (29.9...30.1).contains(rate), !video.isVariableFrameRate, inCycle >= pulldownShare {
            return Verdict(
                treatment: .inverseTelecine, topFieldFirst: top,
                reason: "3:2 pulldown: \(figures), two of every five")
        }
        if tagged, counts.moving >= evidenceAgainstTag, combed <= wholeShare {
            return Verdict(
                treatment: .none, topFieldFirst: top,
                reason: "whole pictures in spite of the tag \(video.fieldOrder ?? "") "
                    + "(progressive segmented frames): \(figures)")
        }
        if tagged {
            return Verdict(
                treatment: .deinterlace, topFieldFirst: top,
                reason: "the stream is tagged \(video.fieldOrder ?? ""); \(figures)")
        }
        guard combed >= combedShare else {
            return Verdict(
                treatment: .none, topFieldFirst: top,
                reason: counts.combed > 0 ? "whole pictures: only \(figures)" : nil)
        }
        return Verdict(
            treatment: .deinterlace, topFieldFirst: top, reason: "not tagged, but \(figures)")
    }
}
