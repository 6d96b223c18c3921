import MediaModel
import Planning
import Vips

/// Brings frames upright and to the size of the derivatives.
struct FrameFitter {
    let size: PixelSize
    let orientation: Int

    init(_ plan: AnimationPlan) {
        size = plan.size
        orientation = plan.orientation
    }

    func fit(_ frame: PackedFrame) throws(Failure) -> PackedFrame {
        if orientation == 1, frame.width == size.width, frame.height == size.height { return frame }
        do {
            let image = try upright(frame).scaled(toWidth: size.width, height: size.height)
            return PackedFrame(
                width: size.width, height: size.height, channels: 4, pixels: try image.pixels())
        } catch let failure as Failure {
            throw failure
        } catch {
            throw .internalError(code: "scale", "a frame cannot be scaled: \(error)")
        }
    }

    /// At its own size.
    func upright(_ frame: PackedFrame) throws(Failure) -> Image {
        let image = try frame.image()
        guard orientation != 1 else { return image }
        do {
            let orientation = orientation
            return try image.editingMetadata { $0.set(Field.orientation, orientation) }
                .autorotated()
        } catch {
            throw .internalError(code: "orientation", "a frame cannot be turned: \(error)")
        }
    }
}
