/// The video stream that becomes the film.
package struct VideoStreamInfo: Codable, Hashable, Sendable {
    /// Stream index in the container.
    package var index: Int
    package var codec: String
    package var profile: String?
    /// FFmpeg's name: `yuv420p10le` … of the first decoded frame.
    package var pixelFormat: String
    /// Bits per component.
    package var bitDepth: Int
    /// Decoded size, before rotation and aspect correction.
    package var codedSize: PixelSize
    /// Width : height of one sample; 1:1 when the stream does not say.
    package var sampleAspectRatio: Ratio
    /// The part of the coded picture that is meant to be seen; nil = all of it.
    package var cleanAperture: PixelRect?
    /// Clockwise turn that shows the picture upright, in degrees: 0, 90, 180, 270.
    package var rotation: Int
    /// Mirrored left–right after the turn.
    package var isMirrored: Bool
    /// Average frames per second from presented timestamps; nil for a single frame.
    package var frameRate: Ratio?
    /// Smallest frame rate that would hold the shortest usual frame: from the histogram's mode.
    package var nominalFrameRate: Ratio?
    /// `true` when frame durations differ by more than one tick of rounding.
    package var isVariableFrameRate: Bool
    /// Presented frames (packets that are shown); nil when the file was too long to count.
    package var frameCount: Int?
    /// First presented timestamp and last timestamp + its duration, on the container's timeline.
    package var startSeconds: Double
    package var endSeconds: Double
    /// How long the last frame is shown.
    package var lastFrameSeconds = 0.0
    /// How much later the frames are shown than libavformat says; in the two times above already.
    package var delaySeconds = 0.0
    package var color: VideoColor
    /// `progressive`, `tt` or `bb` (which field is shown first), or nil = not said.
    package var fieldOrder: String?
    /// What the pictures show; nil = not looked at.
    package var fields: FieldCounts?
    package var hasAlpha: Bool
    /// Dolby Vision profile, when there is a configuration record.
    package var dolbyVisionProfile: Int?

    package init(
        index: Int, codec: String, profile: String? = nil, pixelFormat: String, bitDepth: Int,
        codedSize: PixelSize, sampleAspectRatio: Ratio = .one, rotation: Int = 0,
        isMirrored: Bool = false, frameRate: Ratio? = nil, nominalFrameRate: Ratio? = nil,
        isVariableFrameRate: Bool = false, frameCount: Int? = nil, startSeconds: Double = 0,
        endSeconds: Double, color: VideoColor = VideoColor(), fieldOrder: String? = nil,
        hasAlpha: Bool = false, dolbyVisionProfile: Int? = nil
    ) {
        self.index = index
        self.codec = codec
        self.profile = profile
        self.pixelFormat = pixelFormat
        self.bitDepth = bitDepth
        self.codedSize = codedSize
        self.sampleAspectRatio = sampleAspectRatio
        self.rotation = rotation
        self.isMirrored = isMirrored
        self.frameRate = frameRate
        self.nominalFrameRate = nominalFrameRate
        self.isVariableFrameRate = isVariableFrameRate
        self.frameCount = frameCount
        self.startSeconds = startSeconds
        self.endSeconds = endSeconds
        self.color = color
        self.fieldOrder = fieldOrder
        self.hasAlpha = hasAlpha
        self.dolbyVisionProfile = dolbyVisionProfile
    }

    /// The picture as it should be seen: clean aperture, rotation and sample aspect applied, square pixels, unrounded
    /// to even. Never less than 1×1.
    package var displaySize: PixelSize {
        let (width, height) = exactDisplaySize
        return PixelSize(
            width: max(1, Int(width.rounded())), height: max(1, Int(height.rounded())))
    }

    /// The same before either side is rounded to pixels.
    package var exactDisplaySize: (width: Double, height: Double) {
        // Pixels are only ever added by stretching the narrower axis; never thrown away here.
        let aspect = sampleAspectRatio.value
        var width = Double(cleanAperture?.size.width ?? codedSize.width)
        var height = Double(cleanAperture?.size.height ?? codedSize.height)
        if aspect > 1 { width *= aspect } else if aspect > 0 { height /= aspect }
        return rotation % 180 == 0 ? (width, height) : (height, width)
    }
}
