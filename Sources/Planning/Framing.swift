package import MediaModel

/// What of a picture stays in view where its shape is not the one that is wanted.
package struct Framing: Codable, Hashable, Sendable {
    /// What is in the middle, as far as the edges allow; nil = what attracts attention.
    package var focalPoint: FocalPoint?
    /// The size that the picture is cropped to and set into the middle of a plain ground with; nil
    /// = it fills everything.
    package var mounted: PixelSize?

    package init(focalPoint: FocalPoint? = nil, mounted: PixelSize? = nil) {
        self.focalPoint = focalPoint
        self.mounted = mounted
    }

    /// Shorter side below which a crop is too small for a link's preview, in pixels: Facebook asks
    /// for 200 × 200. https://developers.facebook.com/docs/sharing/webmasters/images
    private static let leastSide = 200
    /// Of the picture's area, what a small crop must hold to stand for the picture.
    private static let leastShare = 0.1
    /// Shorter side that a mounted picture is not reduced below, in pixels: a strip as a whole would
    /// be a line.
    private static let leastThickness = 64.0

    /// Crops what fills enough of the size, and mounts what is so long and thin that a crop would be a
    /// small piece of it. Nothing is enlarged.
    ///
    /// - Parameters:
    ///   - target: the size wanted; a crop is smaller where the picture does not reach.
    ///   - display: the picture's size as seen.
    /// - Returns: the size of the result, and how it is filled.
    package static func fitting(
        _ target: PixelSize, display: PixelSize, focalPoint: FocalPoint?
    ) -> (size: PixelSize, framing: Framing) {
        let across = Double(display.width) / Double(target.width)
        let down = Double(display.height) / Double(target.height)
        let scale = min(1, across, down)
        let crop = target.scaled(by: scale, .down)
        let kept = min(across, down) / max(across, down)
        guard min(crop.width, crop.height) < leastSide, kept < leastShare else {
            return (crop, Framing(focalPoint: focalPoint))
        }
        let thickness = Double(min(display.width, display.height))
        let reduction = min(1, max(1 / max(across, down), leastThickness / thickness))
        let whole = display.scaled(by: reduction, .toNearestOrAwayFromZero)
        let inner = PixelSize(
            width: min(target.width, whole.width), height: min(target.height, whole.height))
        return (target, Framing(focalPoint: focalPoint, mounted: inner))
    }
}

extension PixelSize {
    fileprivate func scaled(by scale: Double, _ rule: FloatingPointRoundingRule) -> PixelSize {
        PixelSize(
            width: max(1, Int((Double(width) * scale).rounded(rule))),
            height: max(1, Int((Double(height) * scale).rounded(rule))))
    }
}
