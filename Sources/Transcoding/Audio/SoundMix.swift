import FFmpeg
import MediaModel
import Planning

/// One mix of the sound on the item's timeline, measured and encoded once per codec.
///
/// Takes decoded frames in order; memory does not grow with the duration.
final class SoundMix {
    /// What a mix became.
    struct Result {
        var artifacts: [Artifact] = []
        /// Segmented renditions, in the plan's order.
        var tracks: [SegmentedTrack] = []
        var durationSeconds = 0.0
    }

    private(set) var timeline: SampleTimeline
    private let plan: AudioPlan
    private let mix: AudioMix
    private let format: Resampler.Format
    private var mixer: ChannelMixer
    private var encodings: SoundEncodings
    /// Of the mix that is measured; nil for the others.
    private let meters: SoundMeters?
    /// Samples handed to the encoders.
    private(set) var emitted: Int64 = 0
    /// Sound behind the planned end: dropped when it is only a codec's padding.
    private var surplus: [Frame] = []
    private var plannedCount: Int64

    /// Sound that lasts at most this much longer than the probe says is padding, in seconds: the
    /// largest usual frame (FLAC: 4608 samples at 44.1 kHz) rounded up.
    private static let paddingSeconds = 0.12
    /// Silence is written in blocks of this many samples.
    private static let silenceBlock: Int64 = 4096

    init(
        _ mix: AudioMix, plan: AudioPlan, meters: SoundMeters?, credit: Credit?,
        scratch: ScratchDirectory, index: TrackIndex
    ) throws(Failure) {
        self.mix = mix
        self.plan = plan
        self.meters = meters
        mixer = try ChannelMixer(mix, inputLayout: plan.inputLayout)
        format = mixer.format
        timeline = SampleTimeline(rate: mix.sampleRate, plannedSeconds: plan.durationSeconds)
        plannedCount = timeline.missingCount
        encodings = try SoundEncodings(
            mix, plan: plan, format: mixer.format, credit: credit, scratch: scratch,
            index: index)
    }

    /// Takes the next decoded frame.
    func consume(_ frame: Frame) throws(Failure) {
        try mixer.convert(frame) { frame throws(Failure) in try place(frame) }
    }

    /// Takes what the converter still holds; nothing is encoded after it.
    func drain() throws(Failure) {
        try mixer.convert(nil) { frame throws(Failure) in try place(frame) }
    }

    /// Completes, verifies and adopts the renditions.
    func finish(interrupt: Interrupt) throws(Failure) -> Result {
        var result = try encodings.finish(
            durationSeconds: Double(emitted) / Double(mix.sampleRate), interrupt: interrupt)
        result.durationSeconds = Double(emitted) / Double(mix.sampleRate)
        return result
    }

    private func place(_ frame: Frame) throws(Failure) {
        do {
            let placement = timeline.place(at: position(of: frame), sampleCount: frame.sampleCount)
            var silence = placement.silence
            while silence > 0 {
                let count = min(silence, Self.silenceBlock)
                try emit(try Frame.silence(format, sampleCount: Int(count)))
                silence -= count
            }
            if placement.skipped == 0 {
                try emit(frame)
            } else if placement.skipped < frame.sampleCount {
                try emit(try frame.samples(placement.skipped..<frame.sampleCount, of: format))
            }
        } catch let failure as Failure {
            throw failure
        } catch let error as FFmpegError {
            throw Failure(error, while: "placing the sound")
        } catch {
            throw .internalError(code: "media", "placing the sound: \(error)")
        }
    }

    /// In samples from the item's origin; nil = the source does not say.
    private func position(of frame: Frame) -> Int64? {
        guard let seconds = frame.timestamp?.seconds else { return nil }
        let samples = ((seconds - plan.originSeconds) * Double(mix.sampleRate)).rounded()
        return abs(samples) < 1e15 ? Int64(samples) : nil
    }

    /// Hands sound on up to the planned end and keeps what comes after it.
    private func emit(_ frame: Frame) throws {
        let room = plannedCount - emitted
        if Int64(frame.sampleCount) <= room {
            try deliver(frame)
            return
        }
        if room > 0 {
            try deliver(try frame.samples(0..<Int(room), of: format))
            surplus.append(try frame.samples(Int(room)..<frame.sampleCount, of: format))
        } else {
            surplus.append(frame)
        }
        let kept = surplus.reduce(0) { $0 + $1.sampleCount }
        if Double(kept) > Self.paddingSeconds * Double(mix.sampleRate) {
            // Real sound: the probe's duration was too short.
            plannedCount = .max
            for late in surplus { try deliver(late) }
            surplus = []
        }
    }

    private func deliver(_ frame: Frame) throws {
        try frame.replaceAbsurdSamples()
        frame.timeBase = Rational(1, Int32(mix.sampleRate))
        frame.pts = emitted
        frame.duration = Int64(frame.sampleCount)
        emitted += Int64(frame.sampleCount)
        try meters?.consume(frame)
        try encodings.consume(frame)
    }
}
