/// A still, the first picture of an animation, or a document page, as the header describes it.
package struct ImageInfo: Codable, Hashable, Sendable {
    /// The libvips loader that reads it (`jpegload_source`), or what decodes it whole (`psd`, `exr`).
    package var loader: String
    /// As stored, before orientation.
    package var codedSize: PixelSize
    /// EXIF orientation 1…8.
    package var orientation: Int
    package var bands: Int
    /// Bits per band: 1, 8, 16, 32.
    package var bitDepth: Int
    package var hasAlpha: Bool
    /// `srgb`, `b-w`, `cmyk`, `rgb16`, `grey16`, `scrgb`, `lab` …: libvips' interpretation.
    package var interpretation: String
    package var hasProfile: Bool
    /// Description of the embedded ICC profile, when it can be read.
    package var profileDescription: String?
    /// The profile may have colours that sRGB has not.
    package var isWideGamut = false
    /// What the file says of its colours otherwise, where that outranks the profile or there is none.
    package var color: StillColor?
    /// The brighter form for HDR displays that lies beside the picture.
    package var gainMap: GainMap?
    /// The values are light, as much as there was, and not how bright a screen shall be.
    package var isSceneLinear = false
    /// Memory that decoding takes, in bytes; nil for what is streamed.
    package var decodingBytes: Int64?
    /// Pages, or frames of an animation; 1 for a plain still.
    package var pageCount: Int
    /// `true` when the pages are frames shown in time.
    package var isAnimated: Bool
    /// `true` when the pixels look like flat graphics (palette, few colours): lossless suits.
    package var isGraphic: Bool
    /// Where the picture lies in the upload, when it is a preview inside camera RAW; nil = all of it.
    package var window: ByteWindow?
    /// Of the sensor, when the picture is a preview and the RAW file says it.
    package var sensorSize: PixelSize?
    /// The page of a TIFF that is the picture, from 0.
    package var page: Int
    /// How it moves; nil for what does not, or not in a way that can be read here.
    package var animation: AnimationInfo?

    package init(
        loader: String, codedSize: PixelSize, orientation: Int = 1, bands: Int, bitDepth: Int = 8,
        hasAlpha: Bool = false, interpretation: String = "srgb", hasProfile: Bool = false,
        profileDescription: String? = nil, pageCount: Int = 1, isAnimated: Bool = false,
        isGraphic: Bool = false, window: ByteWindow? = nil, sensorSize: PixelSize? = nil,
        page: Int = 0, animation: AnimationInfo? = nil
    ) {
        self.loader = loader
        self.codedSize = codedSize
        self.orientation = orientation
        self.bands = bands
        self.bitDepth = bitDepth
        self.hasAlpha = hasAlpha
        self.interpretation = interpretation
        self.hasProfile = hasProfile
        self.profileDescription = profileDescription
        self.pageCount = pageCount
        self.isAnimated = isAnimated
        self.isGraphic = isGraphic
        self.window = window
        self.sensorSize = sensorSize
        self.page = page
        self.animation = animation
    }

    /// The picture as it should be seen: orientations 5…8 are turned by a quarter.
    package var displaySize: PixelSize {
        orientation >= 5 ? codedSize.transposed : codedSize
    }
}
