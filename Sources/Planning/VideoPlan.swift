package import MediaModel

/// A film's picture, from one decode.
package struct VideoPlan: Codable, Hashable, Sendable {
    package var streamIndex: Int
    /// The codec's name in FFmpeg.
    package var codec: String
    /// FFmpeg decoder; nil = the one FFmpeg takes for the codec.
    package var decoder: String?
    /// What is subtracted from every timestamp of the item, picture and sound alike, so that the
    /// earliest presented one becomes 0. In seconds on the container's timeline.
    package var originSeconds: Double
    /// Added to the picture's timestamps alone, in seconds: libavformat starts it early when an
    /// edit begins inside of a frame.
    package var delaySeconds = 0.0
    /// Presented duration, in seconds, for progress and completeness.
    package var durationSeconds: Double
    /// How long the last frame is meant to be shown.
    package var lastFrameSeconds = 0.0
    /// Where a sound ends that goes on after the picture, in seconds from the origin: the last picture
    /// is shown until then, once in every segment. nil = the picture ends as it does.
    package var heldUntilSeconds: Double?
    /// Presented frames, when the probe could count them.
    package var frameCount: Int?
    package var picture: PicturePlan
    /// 1 = every frame; 2 = every second one (sources above the recipe's frame rate).
    package var frameStep: Int
    /// Frames that follow the last kept one sooner are left out, in seconds; 0 = none are.
    package var minimumSpacingSeconds = 0.0
    /// Average frames per second of the output, for playlists.
    package var frameRate: Ratio
    /// Frames per second as decoded, before any are left out.
    package var sourceFrameRate: Ratio
    /// Segments end at the first frame at or after each multiple, on all rungs alike.
    package var segmentSeconds: Double
    /// Largest first; each is scaled from the one before it.
    package var rungs: [VideoRung]
    /// The same sizes in other codecs, by recipe.
    package var alternatives: [AlternativeRung] = []
    package var progressive: ProgressivePlan?
    package var poster: PosterPlan
    package var storyboard: StoryboardPlan
    package var hover: HoverPlan?
    /// nil = the film is opaque.
    package var alpha: AlphaPlan?
}

extension VideoPlan {
    /// Where what is encoded ends, in seconds from the origin.
    package var encodedSeconds: Double { max(durationSeconds, heldUntilSeconds ?? 0) }

    /// The ladder, then the same in other codecs: everything that is encoded.
    package var everyRung: [VideoRung] { rungs + alternatives.map(\.rung) }
}

/// A rung in another codec, of the frames that a rung of the ladder is made from.
package struct AlternativeRung: Codable, Hashable, Sendable {
    package var rung: VideoRung
    /// Position in the ladder of the rung whose frames it shares.
    package var position: Int
}

/// How decoded frames become upright, progressive, square-pixel, 8-bit BT.709 SDR.
package struct PicturePlan: Codable, Hashable, Sendable {
    /// As the decoder gives them.
    package var codedSize: PixelSize
    /// The part that is shown, in coded pixels; nil = all of it.
    package var crop: PixelRect?
    package var fields: FieldRule.Treatment
    /// First field is the top one; only read when there are fields.
    package var topFieldFirst: Bool
    /// Clockwise: 0, 90, 180, 270.
    package var rotation: Int
    /// Mirrored left–right after the turn.
    package var isMirrored: Bool
    /// What the source's numbers mean, with every gap filled by rule.
    package var color: VideoColor
    /// Peak to tone-map from, in nits; nil = the source is SDR.
    package var toneMapPeakNits: Double?
}

/// One size of the film in CMAF segments.
package struct VideoRung: Codable, Hashable, Sendable {
    package var output: PlannedOutput
    /// Even in both directions; square pixels.
    package var size: PixelSize
    /// FFmpeg encoder name: `libx264`, `libx265`, `libsvtav1`.
    package var encoder: String
    package var preset: String
    /// Constant rate factor of the encoder's own scale, lower is better.
    package var crf: Double
    package var maximumBitrate: Bitrate
    /// VBV buffer, in bits.
    package var bufferBits: Int
    /// `high`, `main`.
    package var profile: String
    /// H.264 level times ten: 40 = 4.0; nil = the lowest that the encoder finds.
    package var level: Int?
    /// Encoder threads.
    package var threads: Int
}

/// The whole film in one file with its index in front, from the packets of one rung.
package struct ProgressivePlan: Codable, Hashable, Sendable {
    package var output: PlannedOutput
    /// Name of the rung whose packets it holds.
    package var rung: String
}

/// The picture that stands for the film.
package struct PosterPlan: Codable, Hashable, Sendable {
    /// The moment asked for, in seconds from the start; nil = choose the most telling candidate.
    package var atSeconds: Double?
    /// Candidates are the frames nearest to these moments, in seconds from the start.
    package var candidateSeconds: [Double]
    package var pictures: [Picture]
    /// One small picture for each of the next best candidates, best first; fewer are made when the
    /// film does not have them. All of one size.
    package var alternatives: [Picture] = []
    /// Candidates nearer to each other than this show the same, in seconds.
    package var separationSeconds: Double = 0
}

/// Small pictures over the whole duration, for scrubbing.
package struct StoryboardPlan: Codable, Hashable, Sendable {
    package var output: PlannedOutput
    package var tileSize: PixelSize
    package var columns: Int
    package var rows: Int
    /// Seconds from one tile to the next.
    package var intervalSeconds: Double
    /// Tiles that cover the duration.
    package var tileCount: Int
    /// JPEG quality, 1…100.
    package var quality: Int
    /// The item's end, in seconds: the last tile lasts until then, also where sound goes on after
    /// the picture.
    package var endSeconds: Double = 0
}
