/// How one of a plan's outputs comes to be, as far as others have to know.
package enum OutputMaking: Hashable, Sendable {
    /// FFmpeg's name of the encoder.
    case rung(encoder: String)
    /// Remuxed from a rung and the sound.
    case progressive
    /// A picture of a film's frame.
    case poster(Picture)
    case storyboard
    case alpha
    case hover
    case sound(AudioRendition)
    case waveform(WaveformPlan.Format)
    /// Drawn from the waveform.
    case waveformCard
    case captions
    case chapters
    /// One of the two forms that are chosen from.
    case animation(encoder: String)
    case still(Picture)
    /// Of a still: all of its pixels.
    case tiles(TilesPlan)
    case cover(Picture)
    /// Of a document's page.
    case page(Picture)
    /// What a document says.
    case text
    /// Of an SVG drawing.
    case drawing(Picture)
    /// The drawing itself, made safe.
    case vector

    /// Names in `Toolchain` of what its bytes depend on.
    var libraries: [String] {
        let frames = ["libavcodec", "libavfilter", "libswscale"]
        switch self {
        case .rung(let encoder): return frames + ["libavformat"] + Self.behind(encoder: encoder)
        case .progressive: return ["libavformat"]
        case .poster(let picture): return frames + Self.libraries(of: picture)
        case .storyboard: return frames + ["libvips", "jpeg"]
        case .alpha: return frames + ["libavformat", "vpx"]
        case .hover: return frames + ["libavformat", "x264"]
        case .sound(let rendition):
            return ["libavcodec", "libavformat", "libswresample"]
                + Self.behind(encoder: rendition.encoder)
        case .waveform(let format):
            return ["libavcodec", "libswresample"] + (format == .png ? ["libvips"] : [])
        case .waveformCard: return ["libavcodec", "libswresample", "libvips", "jpeg"]
        case .captions: return ["libavcodec"]
        case .chapters: return []
        case .animation(let encoder): return frames + ["libvips"] + Self.behind(encoder: encoder)
        case .still(let picture), .cover(let picture): return Self.libraries(of: picture)
        case .tiles(let tiles): return Self.libraries(of: tiles.format)
        case .page(let picture): return ["poppler"] + Self.libraries(of: picture)
        case .text: return ["poppler"]
        case .drawing(let picture): return ["rsvg"] + Self.libraries(of: picture)
        case .vector: return []
        }
    }

    /// The picture it is, if it is one.
    var picture: Picture? {
        switch self {
        case .poster(let picture), .still(let picture), .cover(let picture), .page(let picture),
            .drawing(let picture):
            picture
        default: nil
        }
    }

    /// Whether the file itself says who made the work.
    var carriesCredit: Bool {
        switch self {
        case .progressive, .poster, .alpha, .hover, .animation, .still, .cover, .page, .drawing:
            true
        case .sound(let rendition): rendition.packaging != .segments
        // Of an image service what is to be had in one piece.
        case .tiles(let tiles): tiles.layout != .deepZoom
        case .rung, .storyboard, .waveform, .waveformCard, .captions, .chapters, .text, .vector:
            false
        }
    }

    /// Whether it is made from a film's frames, after some may have been left out.
    var showsFrames: Bool {
        switch self {
        case .rung, .poster, .storyboard, .alpha, .hover: true
        default: false
        }
    }

    private static func libraries(of picture: Picture) -> [String] { libraries(of: picture.format) }

    private static func libraries(of format: Picture.Format) -> [String] {
        switch format {
        case .avif: ["libvips", "heif", "aom"]
        case .webp: ["libvips", "webp"]
        case .jpeg: ["libvips", "jpeg"]
        case .png: ["libvips", "png", "spng"]
        }
    }

    /// The library that does an encoder's work; FFmpeg's own encoders are as old as libavcodec.
    private static func behind(encoder: String) -> [String] {
        switch encoder {
        case "libx264": ["x264"]
        case "libx265": ["x265"]
        case "libsvtav1": ["svtav1"]
        case "libvpx-vp9": ["vpx"]
        case "libopus": ["opus"]
        case "libmp3lame": ["mp3lame"]
        case "libwebp": ["webp"]
        default: []
        }
    }
}
