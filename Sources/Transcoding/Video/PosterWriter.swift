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
        do throws(FFmpegError) {
            try picker.finish()
            guard let frame = picker.choice?.frame else {
                throw FFmpegError(.bug, operation: "poster", path: "no frame was offered")
            }
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
            reportPlaceholder: true)
    }
}
