/// What should come out, in the operator's words: `config/recipes/*.yaml`.
///
/// Every default is the value of the embedded default recipe.
package struct Recipe: Codable, Hashable, Sendable {
    package var name: String
    package var video = Video()
    package var audio = Audio()
    package var image = Image()
    package var animation = Animation()
    package var document = Document()

    package init(name: String = "default") { self.name = name }

    package struct Video: Codable, Hashable, Sendable {
        /// Sizes the film is offered in, largest first.
        package var rungs: [Rung] = [
            // Below 1080p the ladder that the benchmark's baseline makes, too; above it Apple's HLS
            // authoring guide for H.264.
            Rung(height: 2160, maximumKilobits: 16_000),
            Rung(height: 1440, maximumKilobits: 9000),
            Rung(height: 1080, maximumKilobits: 6000),
            Rung(height: 720, maximumKilobits: 3000),
            Rung(height: 480, maximumKilobits: 1500),
            Rung(height: 360, maximumKilobits: 800),
        ]
        /// x264 preset.
        package var preset = "veryfast"
        /// x264 constant rate factor, 0…51.
        package var crf: Double = 23
        /// libvpx constant quality of the rendition with transparency, 0…63.
        package var alphaCRF = 30
        /// In seconds.
        package var segmentSeconds: Double = 4
        /// Sources above this are halved until they are not, in frames per second.
        package var maximumFrameRate: Double = 60
        /// Apple's HLS authoring guide gives HEVC 3/4 of H.264's rate at 720p.
        package var hevc = AdditionalCodec(preset: "fast", crf: 26, capPercent: 75)
        /// Preset 8 keeps pace with x265's `fast`; rates as for HEVC and a fifth less.
        package var av1 = AdditionalCodec(preset: "8", crf: 35, capPercent: 60)
        /// Height of the rung that the progressive MP4 shares; the next smaller one if missing.
        package var progressiveHeight = 720
        package var posterWidths = [640, 1280, 1920]
        /// Small pictures of other moments that could be the poster.
        package var posterAlternatives = 3
        package var storyboard = Storyboard()
        /// A short silent loop for cards.
        package var hover = true

        package init() {}
    }

    package struct Rung: Codable, Hashable, Sendable {
        /// Height of the 16:9 box the picture is fitted into (its width when it stands upright).
        package var height: Int
        /// VBV cap at 30 frames per second, in kbit/s.
        package var maximumKilobits: Int

        package init(height: Int, maximumKilobits: Int) {
            self.height = height
            self.maximumKilobits = maximumKilobits
        }
    }

    /// A codec that rungs are made in beside H.264.
    package struct AdditionalCodec: Codable, Hashable, Sendable {
        /// Heights of the rungs that are made in it too; none = the codec is not used.
        package var heights: [Int] = []
        /// x265's preset by name, SVT-AV1's as a number.
        package var preset: String
        /// Constant rate factor, of the codec's own scale.
        package var crf: Double
        /// Cap of the bit rate, in percent of the H.264 rung's.
        package var capPercent: Int

        package init(preset: String, crf: Double, capPercent: Int) {
            self.preset = preset
            self.crf = crf
            self.capPercent = capPercent
        }
    }

    package struct Storyboard: Codable, Hashable, Sendable {
        /// Longer side of a tile, in pixels.
        package var tileSide = 160
        package var columns = 10
        package var rows = 10
        /// Shortest distance between tiles, in seconds.
        package var minimumInterval: Double = 1
        /// More tiles than this stretch the distance instead.
        package var maximumTiles = 300
        /// JPEG quality, 1…100.
        package var quality = 70

        package init() {}
    }

    package struct Audio: Codable, Hashable, Sendable {
        /// AAC, stereo; mono takes 5/8 of it. In kbit/s.
        package var aacKilobits = 160
        /// Opus, stereo; mono takes 5/8 of it. In kbit/s.
        package var opusKilobits = 128
        /// Keep 5.1 sound beside the stereo one.
        package var surround = false
        /// AAC of the surround sound, in kbit/s.
        package var surroundKilobits = 384
        /// Opus for films too.
        package var filmOpus = false
        /// An MP3 of recordings.
        package var mp3 = false
        /// MP3, stereo; mono takes 5/8 of it. In kbit/s.
        package var mp3Kilobits = 192
        /// A FLAC of recordings whose upload lost nothing, at its own rate, depth and channels.
        package var flac = false
        /// Pixels of waveform per second of sound.
        package var waveformPixelsPerSecond = 20
        /// EBU R128 target for the published gain, in LUFS.
        package var loudnessTarget: Double = -16
        /// In dBTP.
        package var truePeakCeiling: Double = -1

        package init() {}
    }

    package struct Image: Codable, Hashable, Sendable {
        package var widths = [320, 640, 1280, 1920, 2560, 3840]
        /// What is offered beside the JPEG or PNG that every browser shows, if it is smaller.
        package var formats: [Format] = [.avif, .webp]
        /// 1…100; as near to the picture as WebP at 80, with four fifths of its bytes (docs/encoders.md).
        package var avifQuality = 63
        /// 0…9; 2 costs a sixth of the processor time of libvips' default 4.
        package var avifEffort = 2
        package var webpQuality = 80
        /// 0…6.
        package var webpEffort = 4
        package var jpegQuality = 82
        /// Pictures with colours outside sRGB once more, in Display P3.
        package var wideGamut = true
        /// Under transparent pixels where the format has none.
        package var matte = "#ffffff"
        /// Crops 1:1, 4:5, 16:9 for cards.
        package var cards = true
        package var deepZoom = DeepZoom()

        package init() {}

        /// Tiles of works that are larger than what anybody looks at in one piece.
        package struct DeepZoom: Codable, Hashable, Sendable {
            /// Pictures with more pixels are cut into tiles, in millions; 0 = none are. Default 64:
            /// above it the widest picture shows less than a quarter of the pixels, and cameras
            /// that are not for large prints stay below.
            package var aboveMegapixels = 64
            /// Of a tile, without the pixel it shares with each neighbour: with them they are 512.
            package var tileSide = 510
            /// 1…100.
            package var quality = 82
            /// Under which a site shows the storage's directory, without a slash at the end: the tiles of
            /// an IIIF image service must say it. nil = there is none.
            package var iiifAddress: String?

            package init() {}
        }

        package enum Format: String, Codable, Hashable, Sendable, CaseIterable {
            case avif, webp
        }
    }

    package struct Animation: Codable, Hashable, Sendable {
        /// Longest side of the MP4 and the animated WebP, in pixels; nothing is enlarged.
        package var maximumSide = 1920
        /// x264's constant rate factor, 0…51.
        package var crf: Double = 23
        /// x264's preset. Animations are short: a slower one than films have costs little.
        package var preset = "medium"
        /// WebP quality of what is not flat, 1…100.
        package var webpQuality = 75
        /// 0…6.
        package var webpEffort = 4

        package init() {}
    }

    package struct Document: Codable, Hashable, Sendable {
        /// Widths of the first page as the document's cover, in pixels.
        package var coverWidths = [320, 640, 1280, 1920]
        /// Widths of a page's pictures, in pixels: to leaf through, and to read (194 dots per inch of
        /// an A4 page).
        package var pageWidths = [800, 1600]
        /// Pages that become pictures; 0 = the cover alone.
        package var maximumPages = 50
        /// Whether the text is taken out.
        package var text = true

        package init() {}
    }
}
