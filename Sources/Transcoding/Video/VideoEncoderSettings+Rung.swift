import FFmpeg
import MediaModel
import Planning

extension VideoEncoderSettings {
    /// A rung's numbers as its encoder takes them: key frames stand where segments begin, and nowhere
    /// else; no picture refers across one.
    init(_ rung: VideoRung, plan: VideoPlan) {
        self.init(
            codec: rung.encoder, width: rung.size.width, height: rung.size.height,
            timeBase: FrameTimeline.timeBase(plan),
            frameRate: Rational(
                Int32(clamping: plan.frameRate.numerator),
                Int32(clamping: plan.frameRate.denominator)))
        maxRate = Int64(rung.maximumBitrate.bitsPerSecond)
        bufferSize = Int64(rung.bufferBits)
        color = .bt709
        threads = rung.threads
        options = ["preset": rung.preset, "crf": "\(rung.crf)"]
        switch rung.encoder {
        case "libx265":
            profile = rung.profile
            // Threads are x265's pool; one frame at a time, or its bytes would depend on timing.
            threads = 1
            options["forced-idr"] = "1"
            options["x265-params"] =
                "keyint=-1:scenecut=0:open-gop=0:info=0:log-level=error:pools=\(rung.threads)"
        case "libsvtav1":
            // Far beyond any segment: see `forcesKeyFrames`.
            gopSize = 1 << 20
        default:
            profile = rung.profile
            level = rung.level.map { "\($0 / 10).\($0 % 10)" }
            options["forced-idr"] = "1"
            options["x264-params"] = "keyint=infinite:scenecut=0:open-gop=0"
        }
    }

    /// Whether the encoder makes a key frame when it is told to. SVT-AV1 does not through libavcodec
    /// 59, which drops the frame's type on the way; a fixed distance would miss the segments of
    /// films whose frames last differently.
    var forcesKeyFrames: Bool { codec != "libsvtav1" }
}
