import FFmpeg
import Foundation
import MediaModel
import Planning

/// Collects the small pictures for scrubbing into sheets, and writes them with their track.
///
/// A tile shows what is on screen in the middle of its interval. Memory: one sheet. To be used by
/// one thread at a time.
final class StoryboardBuilder {
    private let plan: StoryboardPlan
    private let durationSeconds: Double
    private let stills: StillWriter
    private let scratch: ScratchDirectory
    private var scaler: Scaler
    private var sheet: [PackedFrame] = []
    private var tiles = 0
    /// For moments after the last frame.
    private var newest: Frame?
    private var files: [ArtifactFile] = []

    init(
        _ plan: StoryboardPlan, durationSeconds: Double, stills: StillWriter,
        scratch: ScratchDirectory
    ) {
        self.stills = stills
        self.plan = plan
        self.durationSeconds = durationSeconds
        self.scratch = scratch
        scaler = Scaler(
            width: plan.tileSize.width, height: plan.tileSize.height, pixelFormat: .rgb24,
            algorithm: .area)
    }

    /// Sees every frame, in order, with its time and duration.
    func offer(_ frame: Frame) throws(Failure) {
        let base = frame.timeBase.doubleValue
        let end = Double((frame.pts ?? 0) + (frame.duration ?? 1)) * base
        while tiles < plan.tileCount, moment(tiles) < end { try add(try tile(frame)) }
        newest = frame
    }

    /// Fills up to the last tile and writes the track.
    func finish() throws(Failure) -> Artifact {
        if tiles < plan.tileCount {
            guard let newest else {
                throw .internalError(code: "storyboard", "the storyboard saw no frame")
            }
            // A damaged film may end long before it says so.
            let last = try tile(newest)
            while tiles < plan.tileCount { try add(last) }
        }
        newest = nil
        let text = StoryboardTrack.text(
            plan, durationSeconds: max(durationSeconds, plan.endSeconds),
            sprites: files.map(\.path))
        let track = try scratch.adopt(
            Data(text.utf8), stem: plan.output.name, fileExtension: "vtt")
        var description = DerivativeDescription(
            role: plan.output.role, name: plan.output.name, mediaType: StoryboardTrack.mediaType,
            key: plan.output.key, reason: plan.output.reason)
        description.width = plan.tileSize.width
        description.height = plan.tileSize.height
        description.durationSeconds = max(durationSeconds, plan.endSeconds)
        let artifact = Artifact(description: description, file: track, companions: files)
        try StoryboardVerifier.verify(
            artifact, plan: plan, durationSeconds: durationSeconds, scratch: scratch)
        return artifact
    }

    /// The middle of a tile's interval, in seconds.
    private func moment(_ tile: Int) -> Double {
        let start = Double(tile) * plan.intervalSeconds
        let end = min(start + plan.intervalSeconds, max(start, durationSeconds))
        return (start + end) / 2
    }

    private func tile(_ frame: Frame) throws(Failure) -> PackedFrame {
        do throws(FFmpegError) {
            return PackedFrame(
                width: scaler.width, height: scaler.height,
                pixels: try scaler.packedPixels(of: frame))
        } catch {
            throw Failure(error, while: "drawing the storyboard")
        }
    }

    private func add(_ tile: PackedFrame) throws(Failure) {
        sheet.append(tile)
        tiles += 1
        if sheet.count == plan.columns * plan.rows || tiles == plan.tileCount { try write() }
    }

    private func write() throws(Failure) {
        let bytes = try stills.spriteSheet(sheet, columns: plan.columns, quality: plan.quality)
        sheet = []
        files.append(
            try scratch.adopt(
                Data(bytes), stem: "\(plan.output.name)-\(files.count + 1)", fileExtension: "jpg"))
    }
}
