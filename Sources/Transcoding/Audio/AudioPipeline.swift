package import FFmpeg
import Foundation
package import MediaModel
package import Planning

/// Everything that is made of the sound, in one pass over its packets: decoded once, brought onto
/// the item's timeline, measured, and encoded once per codec.
///
/// Feed it the packets of the planned stream in file order, then `finish`. To be used by one thread
/// at a time. Memory does not grow with the duration, but for a few bytes of waveform per second.
package final class AudioPipeline: @unchecked Sendable {
    private let plan: AudioPlan
    private let credit: Credit?
    private let scratch: ScratchDirectory
    private let interrupt: Interrupt
    private let format: Resampler.Format
    private var normaliser: AudioNormaliser
    private var timeline: SampleTimeline
    private var waveform: WaveformMeter
    private var loudness: LoudnessMeter
    private var aac: AudioEncoding?
    private var opus: AudioEncoding?
    private var segments: SegmentWriter?
    private var ogg: OggWriter?
    /// Samples handed to the encoders.
    private var emitted: Int64 = 0
    /// Sound behind the planned end: dropped when it is only a codec's padding.
    private var surplus: [Frame] = []
    private var plannedCount: Int64

    /// Sound that lasts at most this much longer than the probe says is padding, in seconds: the
    /// largest usual frame (FLAC: 4608 samples at 44.1 kHz) rounded up.
    private static let paddingSeconds = 0.12
    /// Silence is written in blocks of this many samples.
    private static let silenceBlock: Int64 = 4096

    /// - Parameters:
    ///   - stream: the demuxer's description of stream `plan.streamIndex`.
    ///   - credit: kept as tags of the files that can hold it.
    package init(
        plan: AudioPlan, stream: StreamDescription, scratch: ScratchDirectory,
        credit: Credit? = nil, interrupt: Interrupt
    ) throws(Failure) {
        self.plan = plan
        self.credit = credit
        self.scratch = scratch
        self.interrupt = interrupt
        normaliser = try AudioNormaliser(plan: plan, stream: stream)
        format = normaliser.format
        timeline = SampleTimeline(rate: plan.sampleRate, plannedSeconds: plan.durationSeconds)
        plannedCount = timeline.missingCount
        waveform = WaveformMeter(
            sampleRate: plan.sampleRate, samplesPerPixel: plan.waveform?.samplesPerPixel ?? 2048)
        do {
            loudness = try LoudnessMeter(normaliser.format)
        } catch {
            throw Failure(error, while: "preparing the loudness meter")
        }
        try makeEncodings(language: stream.metadata["language"])
    }

    /// Where the sound has arrived, in seconds from the item's origin.
    package var presentedSeconds: Double { Double(timeline.count) / Double(plan.sampleRate) }

    /// Takes the next packet of the planned stream, timestamps as the demuxer gives them.
    package func consume(_ packet: Packet) throws(Failure) {
        if interrupt.isRaised { throw .interrupted(while: "decoding the sound") }
        try normaliser.decode(packet) { frame throws(Failure) in try place(frame) }
    }

    /// Decodes what is left, completes, verifies and adopts everything.
    ///
    /// Throws `noSound` when nothing at all could be decoded.
    package func finish() throws(Failure) -> AudioResult {
        try normaliser.decode(nil) { frame throws(Failure) in try place(frame) }
        guard normaliser.frameCount > 0, emitted > 0 else {
            throw Failure(
                kind: .invalidMedia, code: "noSound",
                operatorText: "no sample of the sound (stream \(plan.streamIndex), \(plan.codec)) "
                    + "could be decoded; \(normaliser.damageCount) packets are damaged.",
                uploaderText: "The sound of this file is damaged and cannot be read.")
        }
        try aac?.consume(nil)
        try opus?.consume(nil)
        let duration = Double(emitted) / Double(plan.sampleRate)
        var artifacts: [Artifact] = []
        let track = try finishSegments(&artifacts)
        if let ogg {
            artifacts.append(try ogg.finish(durationSeconds: duration, interrupt: interrupt))
        }
        let peaks = waveform.finish()
        artifacts += try WaveformFiles.write(
            peaks, plan: plan, durationSeconds: duration, scratch: scratch)
        return AudioResult(
            artifacts: artifacts, track: track, loudness: try finishLoudness(), waveform: peaks,
            warnings: warnings(duration), durationSeconds: duration)
    }

    private func makeEncodings(language: String?) throws(Failure) {
        let scratch = self.scratch
        let credit = self.credit
        // One encoding per codec: the single AAC file is made of the segments' packets.
        if let rendition = plan.renditions.first(where: { $0.packaging == .segments })
            ?? plan.renditions.first(where: { $0.packaging == .m4a })
        {
            let seconds = plan.segmentSeconds
            var writer: SegmentWriter?
            aac = try AudioEncoding(rendition, from: format) { encoder throws(Failure) in
                let segments = try SegmentWriter(
                    SegmentWriter.Track(
                        output: rendition.output, parameters: encoder.parameters,
                        timeBase: encoder.timeBase, language: language == "und" ? nil : language),
                    scratch: scratch)
                writer = segments
                return .segments(segments, seconds: seconds)
            }
            segments = writer
        }
        if let rendition = plan.renditions.first(where: { $0.packaging == .ogg }) {
            var writer: OggWriter?
            opus = try AudioEncoding(rendition, from: format) { encoder throws(Failure) in
                let ogg = try OggWriter(
                    rendition.output, encoder: encoder, credit: credit, scratch: scratch)
                writer = ogg
                return .ogg(ogg)
            }
            ogg = writer
        }
    }

    private func finishSegments(_ artifacts: inout [Artifact]) throws(Failure) -> SegmentedTrack? {
        guard let track = try segments?.finish() else { return nil }
        try SegmentVerifier.verify(track, scratch: scratch, interrupt: interrupt)
        if plan.renditions.contains(where: { $0.packaging == .segments }) {
            artifacts.append(track.artifact)
        }
        for rendition in plan.renditions where rendition.packaging == .m4a {
            artifacts.append(
                try ProgressiveWriter.write(
                    video: nil, audio: track, output: rendition.output, fileExtension: "m4a",
                    credit: credit, scratch: scratch, interrupt: interrupt))
        }
        return track
    }

    private func finishLoudness() throws(Failure) -> Loudness {
        do {
            return try loudness.finish(
                target: plan.loudnessTargetLUFS, ceiling: plan.truePeakCeilingDBTP)
        } catch {
            throw Failure(error, while: "measuring the loudness")
        }
    }

    private func warnings(_ duration: Double) -> [MediaWarning] {
        var warnings: [MediaWarning] = []
        // Silence at the start is missing sound when parts of it could not be decoded.
        let lead = normaliser.damageCount > 0 ? timeline.leadCount : 0
        let gaps = Double(timeline.gapCount + lead) / Double(plan.sampleRate)
        if normaliser.damageCount > 0 {
            warnings.append(
                MediaWarning(
                    code: "damagedAudio",
                    message: "\(normaliser.damageCount) parts of the sound are damaged and were "
                        + "left out."))
        }
        if gaps > 0.1 {
            let seconds = String(format: "%.1f", gaps)
            warnings.append(
                MediaWarning(
                    code: "audioGaps",
                    message: "\(seconds) s of missing sound were replaced by silence."))
        }
        // Half a second: more than any codec's last frame.
        if plan.durationSeconds - duration > 0.5 {
            let missing = String(format: "%.1f", plan.durationSeconds - duration)
            warnings.append(
                MediaWarning(
                    code: "truncatedSource",
                    message: "The last \(missing) s of the sound are missing in the upload."))
        }
        return warnings
    }

    // MARK: Onto the timeline

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
        let samples = ((seconds - plan.originSeconds) * Double(plan.sampleRate)).rounded()
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
        if Double(kept) > Self.paddingSeconds * Double(plan.sampleRate) {
            // Real sound: the probe's duration was too short.
            plannedCount = .max
            for late in surplus { try deliver(late) }
            surplus = []
        }
    }

    private func deliver(_ frame: Frame) throws {
        try frame.replaceAbsurdSamples()
        frame.timeBase = Rational(1, Int32(plan.sampleRate))
        frame.pts = emitted
        frame.duration = Int64(frame.sampleCount)
        emitted += Int64(frame.sampleCount)
        waveform.consume(frame)
        try loudness.consume(frame)
        try aac?.consume(frame)
        try opus?.consume(frame)
    }
}
