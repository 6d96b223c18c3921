import Foundation
import MediaModel
import Planning

/// Writes text tracks into scratch; what is adopted was read back.
enum CaptionWriter {
    /// - Parameter cues: at least one, in order.
    static func write(
        _ cues: [CaptionCue], plan: CaptionPlan, scratch: ScratchDirectory
    ) throws(Failure) -> CaptionTrack {
        let file = try adopt(cues, plan.output, scratch)
        let playlist = HLSWriter.captions(file.path, durationSeconds: plan.durationSeconds)
        return CaptionTrack(
            output: plan.output, kind: plan.kind, label: plan.label,
            durationSeconds: plan.durationSeconds, file: file,
            playlist: try scratch.adopt(
                Data(playlist.utf8), stem: plan.output.name, fileExtension: "m3u8"))
    }

    static func write(
        _ plan: ChapterPlan, scratch: ScratchDirectory
    ) throws(Failure) -> Artifact {
        let cues = plan.chapters.compactMap { chapter in
            CaptionText.webVTT(plain: chapter.title).map {
                CaptionCue(
                    startMilliseconds: chapter.startMilliseconds,
                    endMilliseconds: chapter.endMilliseconds, text: $0)
            }
        }
        var description = DerivativeDescription(
            role: plan.output.role, name: plan.output.name, mediaType: WebVTT.mediaType,
            key: plan.output.key, reason: plan.output.reason)
        description.durationSeconds = Double(cues.last?.endMilliseconds ?? 0) / 1000
        return Artifact(
            description: description, file: try adopt(cues, plan.output, scratch))
    }

    private static func adopt(
        _ cues: [CaptionCue], _ output: PlannedOutput, _ scratch: ScratchDirectory
    ) throws(Failure) -> ArtifactFile {
        let text = WebVTT.text(cues)
        let file = try scratch.adopt(
            Data(text.utf8), stem: output.name, fileExtension: "vtt")
        let descriptor = try scratch.open(file.path)
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        guard let data = try? handle.readToEnd(), let written = String(data: data, encoding: .utf8),
            WebVTT.parse(written) == cues
        else {
            throw MediaVerifier.wrong(
                output.name, "other cues", "the \(cues.count) that were meant")
        }
        return file
    }
}
