import Foundation
import MediaModel
import Planning

/// Writes the waveform's files: numbers and picture.
enum WaveformFiles {
    static func write(
        _ waveform: Waveform, plan: AudioPlan, durationSeconds: Double, scratch: ScratchDirectory
    ) throws(Failure) -> [Artifact] {
        guard let wanted = plan.waveform else { return [] }
        var artifacts: [Artifact] = []
        for output in wanted.outputs {
            let isPicture = output.name.hasSuffix(".svg")
            let text =
                isPicture
                ? WaveformPicture.svg(waveform, size: wanted.svgSize)
                : waveform.json(bits: wanted.bits)
            let fileExtension = isPicture ? "svg" : "json"
            let stem =
                output.name.hasSuffix(".\(fileExtension)")
                ? String(output.name.dropLast(fileExtension.count + 1)) : output.name
            let file = try scratch.adopt(
                Data(text.utf8), stem: stem, fileExtension: fileExtension)
            var description = DerivativeDescription(
                role: output.role, name: output.name,
                mediaType: isPicture ? "image/svg+xml" : "application/json", key: output.key,
                reason: output.reason)
            description.durationSeconds = durationSeconds
            if isPicture {
                description.width = wanted.svgSize.width
                description.height = wanted.svgSize.height
            } else {
                description.sampleRate = waveform.sampleRate
                description.channels = 1
            }
            artifacts.append(Artifact(description: description, file: file))
        }
        return artifacts
    }
}
