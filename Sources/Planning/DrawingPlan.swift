package import MediaModel

/// A drawing: pictures of it in every width, and the drawing itself, made safe.
package struct DrawingPlan: Codable, Hashable, Sendable {
    /// What it is drawn at, in pixels.
    package var size: PixelSize
    /// None larger than ``size``.
    package var pictures: [Picture]
    /// The sanitised copy.
    package var vector: PlannedOutput
    /// What the drawing is refused for: decided before, and applied where it is read again.
    package var limits: Limits
}
