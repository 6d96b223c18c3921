import MediaModel

extension Planner {
    /// - Parameter track: nil for the sound that plays by itself; else its number and its label.
    func planAudio(
        _ audio: AudioStreamInfo, origin: Double, isFilm: Bool, hasCover: Bool,
        track: (number: Int, label: TrackLabel)? = nil, recipe: Recipe, draft: inout PlanDraft
    ) throws(Failure) -> AudioPlan {
        guard audio.sampleRate > 0, audio.channels > 0 else {
            throw Failure(
                kind: .invalidMedia, code: "noSound",
                operatorText:
                    "audio stream \(audio.index) declares \(audio.channels, of: "channel") at "
                    + "\(audio.sampleRate) Hz.",
                uploaderText: "The sound of this file cannot be read.")
        }
        let duration = max(audio.endSeconds - origin, 0.001)
        if duration > limits.durationSeconds {
            throw .limit(
                "durationSeconds", "the duration", limit: "\(Int(limits.durationSeconds)) s",
                found: "\(Int(min(duration, 1e15))) s",
                uploader: "This recording is longer than can be processed.")
        }
        let rate = Self.sampleRate(for: audio.sampleRate)
        let subject = track.map { "sound \($0.number): " } ?? ""
        draft.decide(
            subject + "sample rate", "\(rate) Hz",
            because: rate == audio.sampleRate
                ? "the source's own" : "the source has \(audio.sampleRate) Hz")
        let channels = min(2, audio.channels)
        let downmix = audio.channels > 2
        draft.decide(
            subject + "channels", channels == 1 ? "mono" : "stereo",
            because: downmix
                ? "mixed down from \(audio.channelLayout ?? "\(audio.channels) channels") with "
                    + "coefficients that cannot clip"
                : "as in the source")

        let label = track?.label ?? TrackNaming.label(audio, number: 1)
        let renditions = RenditionPlanner(
            audio: audio, label: label, suffix: track.map { "-\($0.number)" } ?? "", rate: rate,
            channels: channels, isFilm: isFilm, recipe: recipe)
        let mixes = renditions.plan(&draft)
        let perPixel = max(1, rate / max(1, recipe.audio.waveformPixelsPerSecond))
        let common = ["stream \(audio.index)", "\(perPixel)", "\(rate)", "\(channels)"]
        let waveform =
            track == nil
            ? planWaveform(perPixel, rate: rate, common: common, draft: draft) : nil
        let share =
            isFilm || hasCover || track != nil
            ? nil
            : draft.output(
                .share, "share", "drawn from the waveform: the recording has no cover",
                parameters: common + ["1200x630"])
        return AudioPlan(
            streamIndex: audio.index, label: label, codec: audio.codec, originSeconds: origin,
            durationSeconds: duration, inputSampleRate: audio.sampleRate,
            inputChannels: audio.channels, inputLayout: audio.channelLayout, sampleRate: rate,
            channels: channels, downmix: downmix, renditions: mixes[0].renditions,
            otherMixes: Array(mixes.dropFirst()),
            isMeasured: track == nil, waveform: waveform,
            loudnessTargetLUFS: recipe.audio.loudnessTarget,
            truePeakCeilingDBTP: recipe.audio.truePeakCeiling,
            segmentSeconds: recipe.video.segmentSeconds, share: share)
    }

    private func planWaveform(
        _ perPixel: Int, rate: Int, common: [String], draft: PlanDraft
    ) -> WaveformPlan {
        // Two of these per pixel of the widest usual player.
        let peakCount = 1000
        let size = PixelSize(width: 1800, height: 280)
        let reason = "\(perPixel) samples per pixel at \(rate) Hz"
        func file(
            _ name: String, _ format: WaveformPlan.Format, _ parameter: String
        ) -> WaveformPlan.File {
            WaveformPlan.File(
                output: draft.output(.waveform, name, reason, parameters: common + [parameter]),
                format: format)
        }
        return WaveformPlan(
            files: [
                file("waveform.json", .json, "8 bit"), file("waveform.dat", .dat, "8 bit"),
                file("peaks.json", .peaks, "\(peakCount)"), file("waveform.svg", .svg, "\(size)"),
                file("waveform.png", .png, "\(size)"),
            ],
            samplesPerPixel: perPixel, bits: 8, peakCount: peakCount, pictureSize: size)
    }

    /// The rate browsers and AAC decoders agree on, without raising the source's.
    private static func sampleRate(for source: Int) -> Int {
        // Families of 44100 stay exact by integer division; everything above 48 kHz comes down.
        if source == 88_200 || source == 176_400 || source == 352_800 { return 44_100 }
        if source > 48_000 { return 48_000 }
        // Rates of MPEG-4 AAC (ISO/IEC 14496-3, table 1.18) that decoders are tested with.
        for rate in [48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8000]
        where source >= rate {
            return rate
        }
        return 8000
    }
}
