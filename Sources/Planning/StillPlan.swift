package import MediaModel

/// A still image, from one decode.
package struct StillPlan: Codable, Hashable, Sendable {
    /// libvips loader.
    package var loader: String
    /// As stored.
    package var codedSize: PixelSize
    /// EXIF orientation 1…8, applied to the pixels and dropped.
    package var orientation: Int
    package var hasAlpha: Bool
    /// The part of the upload that is the picture; nil = all of it.
    package var window: ByteWindow?
    /// The page that is the picture, from 0.
    package var page: Int
    /// What the numbers mean; nil = what an embedded profile says, else sRGB.
    package var color: PlannedColor?
    /// How light becomes what a screen shows; nil where the values are that already.
    package var toneMapping: ToneMappingRule?
    /// Largest first, so that each size can be made from the one before it.
    package var pictures: [Picture]
    /// Which of them are published.
    package var choice: PictureChoice
    /// All of its pixels, for viewers that zoom.
    package var tiles: [TilesPlan]
}

/// The attached picture of a song.
package struct CoverPlan: Codable, Hashable, Sendable {
    package var streamIndex: Int
    /// Widths are an upper bound: the picture's own size is known only when it is decoded.
    package var pictures: [Picture]
}

/// One picture to write.
package struct Picture: Codable, Hashable, Sendable {
    package enum Format: String, Codable, Hashable, Sendable {
        case avif, webp, jpeg, png

        package var mediaType: String { "image/\(rawValue)" }
        package var fileExtension: String { self == .jpeg ? "jpg" : rawValue }
    }

    /// Which colours it can have.
    package enum Gamut: String, Codable, Hashable, Sendable {
        case sRGB = "srgb"
        case displayP3 = "p3"
    }

    /// How the source fills the size.
    package enum Fit: Codable, Hashable, Sendable {
        /// Whole picture, aspect kept.
        case inside
        /// Size filled, the rest cropped; or as much of the picture as it holds, on the matte.
        case crop(Framing)
    }

    package var output: PlannedOutput
    /// Exact for `.inside` stills and posters; an upper bound for covers.
    package var size: PixelSize
    package var fit: Fit
    package var format: Format
    /// 1…100; ignored when lossless.
    package var quality: Int
    /// Encoder effort as libvips counts it: AVIF 0…9, WebP 0…6.
    package var effort: Int
    package var lossless: Bool
    /// `#rrggbb` under transparent pixels where the format has no alpha.
    package var matte: String
    package var gamut = Gamut.sRGB
    /// What the pixels must be for it to be made; nil = anything.
    package var condition: Condition?
    /// The upload's own coded pixels, without anything private, are published instead where they
    /// have no more bytes: they lost nothing.
    package var mayKeepUpload = false

    /// What of it shows the picture; around that lies matte.
    package var contentSize: PixelSize {
        guard case .crop(let framing) = fit else { return size }
        return framing.mounted ?? size
    }

    package init(
        output: PlannedOutput, size: PixelSize, fit: Fit, format: Format, quality: Int,
        effort: Int, lossless: Bool, matte: String, mayKeepUpload: Bool = false
    ) {
        self.output = output
        self.size = size
        self.fit = fit
        self.format = format
        self.quality = quality
        self.effort = effort
        self.lossless = lossless
        self.matte = matte
        self.mayKeepUpload = mayKeepUpload
    }
}
