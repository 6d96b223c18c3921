import MediaModel
import Planning
import Vips

/// Fills a size with a picture and cuts off what stands over.
enum Crop {
    /// - Parameters:
    ///   - image: upright 8-bit sRGB, large enough for the size without being enlarged.
    ///   - framing: what stays in view; around a mounted picture everything is transparent.
    static func apply(
        _ image: Image, to size: PixelSize, framing: Framing
    ) throws(VipsError) -> Image {
        guard let inner = framing.mounted else {
            return try fill(size, with: image, around: framing.focalPoint)
        }
        let picture = try fill(inner, with: image, around: framing.focalPoint)
        return try (picture.hasAlpha ? picture : picture.addingAlpha())
            .embedded(
                x: (size.width - inner.width) / 2, y: (size.height - inner.height) / 2,
                width: size.width, height: size.height, background: [0, 0, 0, 0])
    }

    /// - Parameter focalPoint: what must stay in view; nil leaves the choice to what attracts attention.
    private static func fill(
        _ size: PixelSize, with image: Image, around focalPoint: FocalPoint?
    ) throws(VipsError) -> Image {
        let scale = max(
            Double(size.width) / Double(image.width), Double(size.height) / Double(image.height))
        let filled = PixelSize(
            width: max(size.width, Int((Double(image.width) * scale).rounded())),
            height: max(size.height, Int((Double(image.height) * scale).rounded())))
        let scaled = try image.scaled(toWidth: filled.width, height: filled.height)
            .copiedToMemory()
        guard let focalPoint else {
            return try scaled.smartCropped(width: size.width, height: size.height)
        }
        return try scaled.extractingArea(
            left: Self.start(focalPoint.x, filled.width, size.width),
            top: Self.start(focalPoint.y, filled.height, size.height),
            width: size.width, height: size.height)
    }

    /// Where a window begins so that the point is in its middle, as far as the edges allow.
    private static func start(_ fraction: Double, _ whole: Int, _ window: Int) -> Int {
        // Tainted: a sidecar can say anything, even "not a number".
        let point = fraction.isFinite ? min(1, max(0, fraction)) : 0.5
        let start = Int((point * Double(whole)).rounded()) - window / 2
        return min(max(0, start), whole - window)
    }
}
