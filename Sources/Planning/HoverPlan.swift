package import MediaModel

/// A short silent loop for a card under the pointer.
package struct HoverPlan: Codable, Hashable, Sendable {
    package var output: PlannedOutput
    /// Even in both directions.
    package var size: PixelSize
    /// What is shown, one after the other, in seconds from the film's start, ascending. One that
    /// begins black begins later.
    package var excerpts: [TimeSpan]
    /// 1 = every frame, 2 = every second one.
    package var frameStep: Int
    /// x264's constant rate factor.
    package var crf: Double
    package var preset: String
    package var maximumBitrate: Bitrate
    package var bufferBits: Int
    /// Largest file, in bytes.
    package var byteLimit: Int64
}
