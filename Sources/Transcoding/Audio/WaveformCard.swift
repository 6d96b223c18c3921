import Foundation
import MediaModel
import Planning
import Vips

/// The picture that stands for a recording without a cover: its waveform.
struct WaveformCard {
    /// The Open Graph standard.
    private static let size = PixelSize(width: 1200, height: 630)
    /// Flat colours and hard edges: ringing would show below this.
    private static let quality = 85

    private let pixels: [UInt8]

    init(_ waveform: Waveform) throws(Failure) {
        pixels = WaveformPicture.raster(waveform, size: Self.size)
    }

    func reportPlaceholder(
        scratch: ScratchDirectory, events: @escaping TranscodingEvents
    ) throws(Failure) {
        try StillWriter(scratch: scratch, credit: nil, events: events).writePictures(
            [],
            from: PackedFrame(width: Self.size.width, height: Self.size.height, pixels: pixels),
            reportPlaceholder: true)
    }

    /// A JPEG under the planned name.
    func write(_ output: PlannedOutput, scratch: ScratchDirectory) throws(Failure) -> Artifact {
        let bytes: [UInt8]
        do {
            let image = try Image(
                copying: pixels.span, width: Self.size.width, height: Self.size.height, bands: 3)
            bytes = try image.encoded(as: .jpeg(quality: Self.quality))
        } catch {
            throw .internalError(code: "media", "drawing \(output.name): \(error)")
        }
        let file = try scratch.adopt(Data(bytes), stem: output.name, fileExtension: "jpg")
        var description = DerivativeDescription(
            role: output.role, name: output.name, mediaType: "image/jpeg", key: output.key,
            reason: output.reason)
        description.width = Self.size.width
        description.height = Self.size.height
        return Artifact(description: description, file: file)
    }
}
