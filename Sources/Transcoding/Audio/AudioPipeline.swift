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
    private let scratch: ScratchDirectory
    private let interrupt: Interrupt
    private var decoder: SoundDecoder
    private let meters: SoundMeters?
    /// The measured one.
    private let main: SoundMix
    private let others: [SoundMix]

    /// - Parameters:
    ///   - stream: the demuxer's description of stream `plan.streamIndex`.
    ///   - credit: kept as tags of the files that can hold it.
    package convenience init(
        plan: AudioPlan, stream: StreamDescription, scratch: ScratchDirectory,
        credit: Credit? = nil, interrupt: Interrupt
    ) throws(Failure) {
        try self.init(
            plan: plan, stream: stream, scratch: scratch, credit: credit, index: TrackIndex(),
            interrupt: interrupt)
    }

    /// - Parameter index: tracks that are published already.
    init(
        plan: AudioPlan, stream: StreamDescription, scratch: ScratchDirectory, credit: Credit?,
        index: TrackIndex, interrupt: Interrupt
    ) throws(Failure) {
        self.plan = plan
        self.scratch = scratch
        self.interrupt = interrupt
        decoder = try SoundDecoder(plan: plan, stream: stream)
        meters = plan.isMeasured ? try SoundMeters(plan) : nil
        main = try SoundMix(
            plan.mainMix, plan: plan, meters: meters, credit: credit, scratch: scratch,
            index: index)
        var others: [SoundMix] = []
        for mix in plan.otherMixes {
            others.append(
                try SoundMix(
                    mix, plan: plan, meters: nil, credit: credit, scratch: scratch, index: index))
        }
        self.others = others
    }

    /// Stream of the upload that it takes packets of.
    package var streamIndex: Int { plan.streamIndex }

    /// Where the sound has arrived, in seconds from the item's origin.
    package var presentedSeconds: Double {
        Double(main.timeline.count) / Double(plan.sampleRate)
    }

    /// Takes the next packet of the planned stream, timestamps as the demuxer gives them.
    package func consume(_ packet: Packet) throws(Failure) {
        if interrupt.isRaised { throw .interrupted(while: "decoding the sound") }
        try decode(packet)
    }

    /// Decodes what is left, completes, verifies and adopts everything.
    ///
    /// Throws `noSound` when nothing at all could be decoded.
    package func finish() throws(Failure) -> AudioResult {
        try decode(nil)
        try main.drain()
        for mix in others { try mix.drain() }
        guard decoder.frameCount > 0, main.emitted > 0 else {
            throw Failure(
                kind: .invalidMedia, code: "noSound",
                operatorText: "no sample of the sound (stream \(plan.streamIndex), \(plan.codec)) "
                    + "could be decoded; damaged: \(decoder.damageCount, of: "packet").",
                uploaderText: "The sound of this file is damaged and cannot be read.")
        }
        let made = try main.finish(interrupt: interrupt)
        var result = AudioResult(
            artifacts: made.artifacts, tracks: made.tracks,
            warnings: warnings(made.durationSeconds), durationSeconds: made.durationSeconds)
        for mix in others {
            let made = try mix.finish(interrupt: interrupt)
            result.artifacts += made.artifacts
            result.tracks += made.tracks
        }
        if let meters {
            let waveform = meters.finishWaveform()
            result.waveform = waveform
            result.artifacts += try WaveformFiles.write(
                waveform, plan: plan, durationSeconds: made.durationSeconds, scratch: scratch)
            result.loudness = try meters.finishLoudness()
        }
        return result
    }

    private func decode(_ packet: Packet?) throws(Failure) {
        try decoder.decode(packet) { frame throws(Failure) in
            try main.consume(frame)
            for mix in others { try mix.consume(frame) }
        }
    }

    private func warnings(_ duration: Double) -> [MediaWarning] {
        var warnings: [MediaWarning] = []
        // Silence at the start is missing sound when parts of it could not be decoded.
        let lead = decoder.damageCount > 0 ? main.timeline.leadCount : 0
        let gaps = Double(main.timeline.gapCount + lead) / Double(plan.sampleRate)
        if decoder.damageCount > 0 {
            warnings.append(
                MediaWarning(
                    code: "damagedAudio",
                    message: "Damaged in the sound, and left out: "
                        + "\(decoder.damageCount, of: "part")."))
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
}
