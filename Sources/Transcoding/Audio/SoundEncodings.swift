import FFmpeg
import MediaModel
import Planning

/// All encodings of one mix: every codec once, whatever it is packed into.
struct SoundEncodings {
    private let plan: AudioPlan
    private let mix: AudioMix
    private let credit: Credit?
    private let scratch: ScratchDirectory
    /// Tracks that are published already.
    private let index: TrackIndex
    /// Segments by the rendition they are published as, or made for.
    private var segments: [(rendition: AudioRendition, writer: SegmentWriter)] = []
    private var files: [(rendition: AudioRendition, writer: SoundFileWriter)] = []
    private var encoders: [AudioEncoding] = []

    init(
        _ mix: AudioMix, plan: AudioPlan, format: Resampler.Format, credit: Credit?,
        scratch: ScratchDirectory, index: TrackIndex
    ) throws(Failure) {
        self.plan = plan
        self.index = index
        self.mix = mix
        self.credit = credit
        self.scratch = scratch
        for rendition in mix.renditions where !rendition.output.isKept {
            switch rendition.packaging {
            case .segments: try addSegments(rendition, format)
            case .m4a:
                // Made of the segments' packets; of its own only when nobody else wants them.
                let isShared = mix.renditions.contains {
                    $0.packaging == .segments && $0.encoder == rendition.encoder
                }
                if !isShared { try addSegments(rendition, format) }
            case .ogg, .mp3, .flac: try addFile(rendition, format)
            }
        }
    }

    func consume(_ frame: Frame) throws(Failure) {
        for encoder in encoders { try encoder.consume(frame) }
    }

    /// Completes, verifies and adopts everything, in the plan's order.
    func finish(durationSeconds: Double, interrupt: Interrupt) throws(Failure) -> SoundMix.Result {
        for encoder in encoders { try encoder.consume(nil) }
        var result = SoundMix.Result()
        var byEncoder: [String: SegmentedTrack] = [:]
        for (rendition, writer) in segments {
            let track = try writer.finish()
            try SegmentVerifier.verify(track, scratch: scratch, interrupt: interrupt)
            byEncoder[rendition.encoder] = track
            if rendition.packaging == .segments { result.tracks.append(track) }
        }
        for rendition in mix.renditions where !rendition.output.isKept {
            switch rendition.packaging {
            case .segments:
                guard let track = result.tracks.first(where: { $0.output == rendition.output })
                else { continue }
                result.artifacts.append(track.artifact)
            case .m4a:
                guard let track = byEncoder[rendition.encoder] ?? keptTrack(rendition.encoder)
                else { continue }
                result.artifacts.append(
                    try ProgressiveWriter.write(
                        video: nil, audio: track, output: rendition.output, fileExtension: "m4a",
                        credit: credit, scratch: scratch, interrupt: interrupt))
            case .ogg, .mp3, .flac:
                guard let file = files.first(where: { $0.rendition == rendition }) else {
                    continue
                }
                result.artifacts.append(
                    try file.writer.finish(
                        durationSeconds: durationSeconds, interrupt: interrupt))
            }
        }
        return result
    }

    /// Published segments of an encoder, whose files are in scratch when something is made of them.
    private func keptTrack(_ encoder: String) -> SegmentedTrack? {
        mix.renditions.first {
            $0.packaging == .segments && $0.encoder == encoder && $0.output.isKept
        }.flatMap { index.track($0.output) }
    }

    private mutating func addSegments(
        _ rendition: AudioRendition, _ format: Resampler.Format
    ) throws(Failure) {
        var made: SegmentWriter?
        let (label, scratch, seconds) = (plan.label, scratch, plan.segmentSeconds)
        let encoder = try AudioEncoding(rendition, from: format) { encoder throws(Failure) in
            let writer = try SegmentWriter(
                SegmentWriter.Track(
                    output: rendition.output, parameters: encoder.parameters,
                    timeBase: encoder.timeBase, language: label.language, label: label),
                scratch: scratch)
            made = writer
            return .segments(writer, seconds: seconds)
        }
        encoders.append(encoder)
        if let made { segments.append((rendition, made)) }
    }

    private mutating func addFile(
        _ rendition: AudioRendition, _ format: Resampler.Format
    ) throws(Failure) {
        var made: SoundFileWriter?
        let (credit, scratch) = (credit, scratch)
        let encoder = try AudioEncoding(rendition, from: format) { encoder throws(Failure) in
            let writer = try SoundFileWriter(
                rendition, encoder: encoder, credit: credit, scratch: scratch)
            made = writer
            return .file(writer)
        }
        encoders.append(encoder)
        if let made { files.append((rendition, made)) }
    }
}
