package import MediaModel

/// The film with its transparency, in one WebM file beside the flattened renditions.
package struct AlphaPlan: Codable, Hashable, Sendable {
    package var output: PlannedOutput
    /// Even in both directions; square pixels.
    package var size: PixelSize
    /// libvpx's constant quality, 0…63, lower is better.
    package var crf: Int
    /// Longest distance between key frames, in seconds.
    package var keyFrameSeconds: Double
}
