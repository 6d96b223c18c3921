import Foundation
import MediaModel
import Planning

/// Writes the waveform's files: numbers and pictures.
enum WaveformFiles {
    static func write(
        _ waveform: Waveform, plan: AudioPlan, durationSeconds: Double, scratch: ScratchDirectory
    ) throws(Failure) -> [Artifact] {
        guard let wanted = plan.waveform else { return [] }
        var artifacts: [Artifact] = []
        for item in wanted.files where !item.output.isKept {
            let output = item.output
            let name = output.name.split(separator: ".", maxSplits: 1).map(String.init)
            guard name.count == 2 else {
                throw .internalError(code: "planMismatch", "\(output.name) is no file's name")
            }
            let file = try scratch.adopt(
                try bytes(waveform, item.format, wanted, durationSeconds), stem: name[0],
                fileExtension: name[1])
            var description = DerivativeDescription(
                role: output.role, name: output.name, mediaType: mediaType(item.format),
                key: output.key, reason: output.reason)
            description.durationSeconds = durationSeconds
            switch item.format {
            case .svg, .png:
                description.width = wanted.pictureSize.width
                description.height = wanted.pictureSize.height
            case .json, .dat, .peaks:
                description.sampleRate = waveform.sampleRate
                description.channels = 1
            }
            artifacts.append(Artifact(description: description, file: file))
        }
        return artifacts
    }

    private static func bytes(
        _ waveform: Waveform, _ format: WaveformPlan.Format, _ wanted: WaveformPlan,
        _ durationSeconds: Double
    ) throws(Failure) -> Data {
        switch format {
        case .json: Data(waveform.json(bits: wanted.bits).utf8)
        case .dat: Data(waveform.binary(bits: wanted.bits))
        case .peaks:
            Data(
                waveform.peaksDocument(count: wanted.peakCount, durationSeconds: durationSeconds)
                    .utf8)
        case .svg: Data(WaveformPicture.svg(waveform, size: wanted.pictureSize).utf8)
        case .png: Data(try WaveformPicture.png(waveform, size: wanted.pictureSize))
        }
    }

    private static func mediaType(_ format: WaveformPlan.Format) -> String {
        switch format {
        case .json, .peaks: "application/json"
        case .dat: "application/octet-stream"
        case .svg: "image/svg+xml"
        case .png: "image/png"
        }
    }
}
