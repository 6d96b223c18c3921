import FFmpeg
import MediaModel
import Planning

extension VideoStreamInfo {
    /// What a stream is, from its first decoded frame; the container only fills what that leaves
    /// open (HDR said in the bitstream stands, whatever the container's flags are).
    static func probed(
        _ stream: StreamDescription, _ frame: Frame, _ timeline: PacketTimeline,
        hasAlphaPlane: Bool, warnings: inout [MediaWarning]
    ) throws(Failure) -> VideoStreamInfo {
        if let vision = stream.dolbyVision, vision.baseLayerCompatibility == 0 {
            throw ProbeFailure.dolbyVision(vision.profile)
        }
        let orientation = Orientation(stream.displayMatrix ?? frame.displayMatrix)
        var info = VideoStreamInfo(
            index: stream.index, codec: stream.codecName, profile: stream.parameters.profile,
            pixelFormat: frame.pixelFormat?.name ?? "none",
            bitDepth: frame.pixelFormat?.bitDepth ?? 8,
            codedSize: PixelSize(width: frame.width, height: frame.height),
            endSeconds: timeline.endSeconds)
        info.sampleAspectRatio = aspect(
            stream.sampleAspectRatio ?? frame.sampleAspectRatio, warnings: &warnings)
        info.rotation = orientation.rotation
        info.isMirrored = orientation.isMirrored
        info.frameRate = timeline.frameRate
        info.nominalFrameRate = timeline.nominalRate
        info.isVariableFrameRate = timeline.isVariable
        info.frameCount = timeline.count
        info.startSeconds = timeline.startSeconds
        info.lastFrameSeconds = timeline.lastSeconds
        info.color = color(stream, frame)
        info.fieldOrder = fieldOrder(stream.parameters.fieldOrder, frame)
        // VP8 and VP9 carry alpha in blocks beside the picture's. The tag alone proves nothing:
        // browsers' recorders write it always. A palette is no transparency until proven.
        info.hasAlpha =
            (Self.hasAlphaTag(stream) && hasAlphaPlane)
            || (frame.pixelFormat?.hasAlpha == true && frame.pixelFormat?.name != "pal8")
        info.dolbyVisionProfile = stream.dolbyVision?.profile
        return info
    }

    /// https://wiki.webmproject.org/alpha-channel
    private static func hasAlphaTag(_ stream: StreamDescription) -> Bool {
        stream.metadata.contains { $0.key.lowercased() == "alpha_mode" && $0.value == "1" }
    }

    /// Squeezes beyond 1:8 are damage, not intent: the widest in use is 2:1 (anamorphic film).
    private static func aspect(
        _ ratio: Rational?, warnings: inout [MediaWarning]
    ) -> Ratio {
        guard let ratio, ratio.num > 0, ratio.den > 0 else { return .one }
        guard (0.125...8).contains(ratio.doubleValue) else {
            warnings.append(
                MediaWarning(
                    code: "absurdSampleAspect",
                    message: "The pixels claim a shape of \(ratio.num):\(ratio.den); "
                        + "they were taken for square."))
            return .one
        }
        return Ratio(Int(ratio.num), Int(ratio.den)).reduced
    }

    private static func color(_ stream: StreamDescription, _ frame: Frame) -> VideoColor {
        let picture = frame.color
        let container = stream.parameters.color
        var color = VideoColor(
            primaries: picture.primaries ?? container.primaries,
            transfer: picture.transfer ?? container.transfer,
            matrix: picture.matrix ?? container.matrix,
            fullRange: (picture.range ?? container.range).map { $0 == "pc" })
        let light = frame.contentLight ?? stream.contentLight
        let display = frame.masteringDisplay ?? stream.masteringDisplay
        // The first that can be: an absurd figure beside a sane one is met in real files.
        let peaks = [light.map { Double($0.maximum) }, display?.luminance?.upperBound]
            .compactMap { $0 }.filter { $0 > 0 }
        color.peakNits = peaks.first(where: ColorRule.believablePeak.contains) ?? peaks.first
        return color
    }

    /// `tt` or `bb`: which field is shown first. What the pictures say themselves stands; the
    /// containers' two "coded differently" values are written for plain top-first and bottom-first
    /// by QuickTime's, Matroska's and FFmpeg's muxers alike.
    private static func fieldOrder(_ order: FieldOrder, _ frame: Frame) -> String? {
        if frame.isInterlaced { return frame.isTopFieldFirst ? "tt" : "bb" }
        return switch order {
        case .progressive: "progressive"
        case .topFirst, .topCodedBottomShown: "tt"
        case .bottomFirst, .bottomCodedTopShown: "bb"
        case .unknown: nil
        }
    }
}

/// A display matrix as a turn and then a mirroring.
struct Orientation: Equatable {
    /// Clockwise: 0, 90, 180, 270.
    var rotation = 0
    /// Left–right, after the turn.
    var isMirrored = false

    /// Odd angles become the nearest right angle.
    init(_ matrix: DisplayMatrix?) {
        guard let matrix, matrix.rotation.isFinite else { return }
        isMirrored = matrix.isFlippedHorizontally
        let quarters = Int((matrix.rotation / 90).rounded()) % 4
        // The wrapper mirrors first; a mirrored picture turns the other way round.
        rotation = 90 * (isMirrored ? (4 - quarters) % 4 : quarters)
    }
}
