import FFmpeg
import MediaModel
import Planning

/// Waveform and loudness of one mix.
final class SoundMeters {
    private let plan: AudioPlan
    private var waveform: WaveformMeter
    private var loudness: LoudnessMeter

    init(_ plan: AudioPlan) throws(Failure) {
        self.plan = plan
        waveform = WaveformMeter(
            sampleRate: plan.sampleRate, samplesPerPixel: plan.waveform?.samplesPerPixel ?? 2048)
        do {
            loudness = try LoudnessMeter(
                Resampler.Format(
                    sampleRate: plan.sampleRate, sampleFormat: .fltp,
                    channelLayout: plan.channels == 1 ? .mono : .stereo))
        } catch {
            throw Failure(error, while: "preparing the loudness meter")
        }
    }

    /// Takes the next block of planar floats.
    func consume(_ frame: Frame) throws(FFmpegError) {
        waveform.consume(frame)
        try loudness.consume(frame)
    }

    func finishWaveform() -> Waveform { waveform.finish() }

    func finishLoudness() throws(Failure) -> Loudness {
        do {
            return try loudness.finish(
                target: plan.loudnessTargetLUFS, ceiling: plan.truePeakCeilingDBTP)
        } catch {
            throw Failure(error, while: "measuring the loudness")
        }
    }
}
