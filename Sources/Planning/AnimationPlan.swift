package import MediaModel

/// An animated picture in motion, in the ways that are tried; the best of them is published.
package struct AnimationPlan: Codable, Hashable, Sendable {
    /// What takes its frames apart.
    package enum Reader: Codable, Hashable, Sendable {
        /// libvips: all frames on top of each other.
        case roll(loader: String)
        /// The chunks of an animated PNG, put together here.
        case png
        /// FFmpeg: a track of pictures, perhaps a second one with their transparency.
        case track(demuxer: String)
    }

    /// H.264 in MP4.
    package struct Video: Codable, Hashable, Sendable {
        package var output: PlannedOutput
        /// Even in both directions: the last column and row are repeated where needed.
        package var size: PixelSize
        /// x264's constant rate factor.
        package var crf: Double
        package var preset: String
        /// Ten times the number, as x264 takes it.
        package var level: Int
        /// `#rrggbb` under transparent pixels.
        package var matte: String
        package var threads: Int
    }

    /// Animated WebP.
    package struct WebP: Codable, Hashable, Sendable {
        package var output: PlannedOutput
        /// 1…100; ignored when lossless.
        package var quality: Int
        /// 0…6.
        package var effort: Int
        package var lossless: Bool
    }

    package var reader: Reader
    /// One frame as stored.
    package var codedSize: PixelSize
    /// EXIF orientation 1…8, applied to the pixels and dropped.
    package var orientation: Int
    package var frameCount: Int
    /// 0 for ever.
    package var plays: Int
    /// Frames that want to be shown for less, in milliseconds…
    package var shortestDelay: Int
    /// … are shown for this long, as browsers do it.
    package var replacementDelay: Int
    /// Index of the frame that the stills are made of.
    package var posterFrame: Int
    /// One frame as seen, in every derivative that moves.
    package var size: PixelSize
    package var video: Video
    /// nil where it would not be chosen whatever came out.
    package var webp: WebP?
    package var choice: AnimationChoice

    /// Names and keys, in the order of the manifest.
    package var outputs: [PlannedOutput] {
        [video.output] + (webp.map { [$0.output] } ?? [])
    }
}

/// Which of the made files are worth publishing: the rule, without the numbers that only the
/// encoders know.
package struct AnimationChoice: Codable, Hashable, Sendable {
    /// Size of the upload, in bytes.
    package var sourceByteCount: Int64
    /// Whether the lossless WebP is worth more than a smaller MP4, whose colours are half as sharp.
    package var prefersWebP: Bool

    package init(sourceByteCount: Int64, prefersWebP: Bool) {
        self.sourceByteCount = sourceByteCount
        self.prefersWebP = prefersWebP
    }

    /// What is published of two files, at least one.
    package struct Published: Hashable, Sendable {
        package var video: Bool
        package var webp: Bool

        package init(video: Bool, webp: Bool) {
            self.video = video
            self.webp = webp
        }
    }

    /// - Parameters:
    ///   - webp: nil when none was made.
    ///   - isTransparent: whether any pixel of any frame is not opaque.
    package func published(
        videoBytes video: Int64, webpBytes webp: Int64?, isTransparent: Bool
    ) -> Published {
        guard let webp else { return Published(video: true, webp: false) }
        // An MP4 has no transparency, so the WebP cannot be spared, whatever it weighs; the MP4 is
        // for whoever cannot show it, if it saves anything.
        if isTransparent { return Published(video: video < webp, webp: true) }
        // Lossless is preferred for as long as it is not larger than what was sent.
        if prefersWebP, webp <= sourceByteCount {
            return Published(video: video < webp, webp: true)
        }
        return Published(video: video <= webp, webp: webp < video)
    }
}
