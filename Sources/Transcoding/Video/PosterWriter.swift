import FFmpeg
import MediaModel
import Planning

/// Writes the pictures that stand for the film, and the placeholder, from the chosen frame.
struct PosterWriter {
    let plan: PosterPlan
    let writer: StillWriter

    /// The frame is BT.709 SDR already; only its form changes here.
    func write(_ picker: PosterPicker) throws(Failure) {
        let pixels: [UInt8]
        let size: PixelSize
        let seconds: Double
        do throws(FFmpegError) {
            try picker.finish()
            guard let choice = picker.choice else {
                throw FFmpegError(.bug, operation: "poster", path: "no frame was offered")
            }
            let frame = choice.frame
            seconds = choice.seconds
            size = PixelSize(width: frame.width, height: frame.height)
            var scaler = Scaler(
                width: size.width, height: size.height, pixelFormat: .rgb24, algorithm: .bicubic)
            pixels = try scaler.packedPixels(of: frame)
        } catch {
            throw Failure(error, while: "taking the poster")
        }
        try writer.writePictures(
            plan.pictures,
            from: PackedFrame(width: size.width, height: size.height, pixels: pixels),
            atSeconds: seconds, reportPlaceholder: true)
        guard plan.alternatives.contains(where: { !$0.output.isKept }) else { return }
        let others = picker.alternatives(plan.alternatives.count)
        for (picture, other) in zip(plan.alternatives, others) {
            try writer.writePictures(
                [picture], from: other.picture, atSeconds: other.seconds,
                reportPlaceholder: false)
        }
    }
}
