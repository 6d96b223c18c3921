import MediaModel

extension Planner {
    func planAudio(
        _ audio: AudioStreamInfo, origin: Double, isFilm: Bool, hasCover: Bool, recipe: Recipe,
        draft: inout PlanDraft
    ) throws(Failure) -> AudioPlan {
        guard audio.sampleRate > 0, audio.channels > 0 else {
            throw Failure(
                kind: .invalidMedia, code: "noSound",
                operatorText: "audio stream \(audio.index) declares \(audio.channels) channels at "
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
        draft.decide(
            "sample rate", "\(rate) Hz",
            because: rate == audio.sampleRate
                ? "the source's own" : "the source has \(audio.sampleRate) Hz")
        let channels = min(2, audio.channels)
        let downmix = audio.channels > 2
        draft.decide(
            "channels", channels == 1 ? "mono" : "stereo",
            because: downmix
                ? "mixed down from \(audio.channelLayout ?? "\(audio.channels) channels") with "
                    + "coefficients that cannot clip"
                : "as in the source")

        let renditions = planRenditions(
            rate: rate, channels: channels, isFilm: isFilm, recipe: recipe, draft: &draft)
        let perPixel = max(1, rate / max(1, recipe.audio.waveformPixelsPerSecond))
        let waveformReason = "\(perPixel) samples per pixel at \(rate) Hz"
        let common = ["\(perPixel)", "\(rate)", "\(channels)"]
        let waveform = WaveformPlan(
            outputs: [
                draft.output(
                    .waveform, "waveform.json", waveformReason, parameters: common + ["8 bit"]),
                draft.output(
                    .waveform, "waveform.svg", waveformReason, parameters: common + ["1800x280"]),
            ],
            samplesPerPixel: perPixel, bits: 8,
            svgSize: PixelSize(width: 1800, height: 280))
        let share =
            isFilm || hasCover
            ? nil
            : draft.output(
                .share, "share", "drawn from the waveform: the recording has no cover",
                parameters: common + ["1200x630"])
        return AudioPlan(
            streamIndex: audio.index, codec: audio.codec, originSeconds: origin,
            durationSeconds: duration, inputSampleRate: audio.sampleRate,
            inputChannels: audio.channels, inputLayout: audio.channelLayout, sampleRate: rate,
            channels: channels, downmix: downmix, renditions: renditions, waveform: waveform,
            loudnessTargetLUFS: recipe.audio.loudnessTarget,
            truePeakCeilingDBTP: recipe.audio.truePeakCeiling,
            segmentSeconds: recipe.video.segmentSeconds, share: share)
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

    private func planRenditions(
        rate: Int, channels: Int, isFilm: Bool, recipe: Recipe, draft: inout PlanDraft
    ) -> [AudioRendition] {
        func bitrate(_ stereo: Int) -> Bitrate {
            // AAC-LC takes at most 6 bits per sample and channel; low rates need less anyway.
            let kilobits = channels == 1 ? stereo * 5 / 8 : stereo
            let ceiling = rate * channels * 4 / 1000
            return .kilobits(max(16, min(kilobits, ceiling)))
        }
        let aac = bitrate(recipe.audio.aacKilobits)
        let opus = bitrate(recipe.audio.opusKilobits)
        func rendition(
            _ name: String, _ encoder: String, _ bitrate: Bitrate, _ rate: Int,
            _ packaging: AudioRendition.Packaging, _ reason: String
        ) -> AudioRendition {
            AudioRendition(
                output: draft.output(
                    .audio, name, reason,
                    parameters: [
                        encoder, "\(bitrate.bitsPerSecond)", "\(rate)", "\(channels)",
                        packaging.rawValue, "segment \(recipe.video.segmentSeconds)",
                    ]),
                encoder: encoder, bitrate: bitrate, sampleRate: rate, packaging: packaging)
        }
        var all = [
            rendition(
                "audio-aac", "aac", aac, rate, .segments,
                "AAC plays everywhere; segments shared by HLS and DASH")
        ]
        if !isFilm {
            all.append(
                rendition(
                    "audio-m4a", "aac", aac, rate, .m4a,
                    "one AAC file for <audio>, sharing the encode of audio-aac"))
            all.append(
                rendition(
                    "audio-opus", "libopus", opus, 48_000, .ogg,
                    "Opus sounds better at the same size where it plays"))
        }
        draft.decide(
            "audio", all.map(\.output.name).joined(separator: ", "),
            because: isFilm ? "the film's sound, its own group" : "a recording")
        return all
    }
}
