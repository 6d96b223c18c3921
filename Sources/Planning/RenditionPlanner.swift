import MediaModel

/// Decides which mixes and encodings one sound gets.
struct RenditionPlanner {
    let audio: AudioStreamInfo
    let label: TrackLabel
    /// Behind every name: empty for the sound that plays by itself.
    let suffix: String
    /// Of the main mix, in hertz.
    let rate: Int
    /// Of the main mix.
    let channels: Int
    let isFilm: Bool
    let recipe: Recipe

    /// Codecs that keep every sample, by FFmpeg's decoder names; `pcm_…` beside them.
    private static let lossless: Set<String> = [
        "alac", "ape", "flac", "mlp", "mp4als", "shorten", "tak", "truehd", "tta", "wavpack",
        "wmalossless",
    ]

    /// The main mix first.
    func plan(_ draft: inout PlanDraft) -> [AudioMix] {
        var mixes = [mainMix(draft)]
        if let surround = surroundMix(&draft) { mixes.append(surround) }
        if let flac = flacMix(&draft) { mixes.append(flac) }
        draft.decide(
            "audio\(suffix)",
            mixes.flatMap(\.renditions).map(\.output.name).joined(separator: ", "),
            because: isFilm ? "the film's sound, its own group" : "a recording")
        return mixes
    }

    private func mainMix(_ draft: PlanDraft) -> AudioMix {
        let aac = bitrate(recipe.audio.aacKilobits)
        let opus = bitrate(recipe.audio.opusKilobits)
        let layout = channels == 1 ? "mono" : "stereo"
        func rendition(
            _ name: String, _ encoder: String, _ bitrate: Bitrate, _ rate: Int,
            _ packaging: AudioRendition.Packaging, _ reason: String
        ) -> AudioRendition {
            self.rendition(
                name, encoder, bitrate, rate: rate, layout: layout, packaging, reason, draft)
        }
        var all = [
            rendition(
                "audio-aac", "aac", aac, rate, .segments,
                "AAC plays everywhere; segments shared by HLS and DASH")
        ]
        if isFilm, recipe.audio.filmOpus {
            all.append(
                rendition(
                    "audio-opus", "libopus", opus, 48_000, .segments,
                    "the recipe asks for Opus; in a group of its own"))
        }
        if !isFilm {
            all.append(
                rendition(
                    "audio-m4a", "aac", aac, rate, .m4a,
                    "one AAC file for <audio>, sharing the encode of audio-aac"))
            all.append(
                rendition(
                    "audio-opus", "libopus", opus, 48_000, .ogg,
                    "Opus sounds better at the same size where it plays"))
            if recipe.audio.mp3 {
                all.append(
                    rendition(
                        "audio-mp3", "libmp3lame", mp3Bitrate, rate, .mp3,
                        "the recipe asks for MP3"))
            }
        }
        return AudioMix(sampleRate: rate, layout: layout, renditions: all)
    }

    private func surroundMix(_ draft: inout PlanDraft) -> AudioMix? {
        guard recipe.audio.surround else { return nil }
        guard audio.channels >= 5 else {
            draft.decide(
                "surround\(suffix)", "none",
                because: "the source has \(audio.channels, of: "channel")")
            return nil
        }
        let layout = audio.channels == 5 ? "5.0" : "5.1"
        draft.decide(
            "surround\(suffix)", layout,
            because: "the recipe asks for it; the source is "
                + (audio.channelLayout ?? "\(audio.channels) channels"))
        // AAC-LC takes at most 6 bits per sample and channel.
        let kilobits = min(recipe.audio.surroundKilobits, rate * audio.channels * 4 / 1000)
        return AudioMix(
            sampleRate: rate, layout: layout,
            renditions: [
                rendition(
                    "audio-surround", "aac", .kilobits(kilobits), rate: rate, layout: layout,
                    isFilm ? .segments : .m4a, "surround kept beside the stereo mix", draft)
            ])
    }

    private func flacMix(_ draft: inout PlanDraft) -> AudioMix? {
        guard recipe.audio.flac, !isFilm else { return nil }
        guard Self.lossless.contains(audio.codec) || audio.codec.hasPrefix("pcm_") else {
            draft.decide(
                "flac", "none",
                because: "\(audio.codec) has lost already; FLAC would only be larger")
            return nil
        }
        guard audio.channels <= 8, audio.sampleRate <= 384_000 else {
            draft.decide(
                "flac", "none",
                because: "\(audio.channels) channels at \(audio.sampleRate) Hz are beyond FLAC")
            return nil
        }
        let bits = audio.bitsPerSample.map { $0 <= 16 ? 16 : 24 } ?? 24
        let layout =
            audio.channelLayout
            ?? ["mono", "stereo", "3.0", "quad", "5.0", "5.1", "6.1", "7.1"][
                max(1, audio.channels) - 1]
        var output = rendition(
            "audio-flac", "flac", .kilobits(0), rate: audio.sampleRate, layout: layout, .flac,
            "the recipe asks for FLAC: \(bits) bits at \(audio.sampleRate) Hz, as uploaded", draft,
            "\(bits) bits")
        output.bitsPerSample = bits
        return AudioMix(sampleRate: audio.sampleRate, layout: layout, renditions: [output])
    }

    private func rendition(
        _ name: String, _ encoder: String, _ bitrate: Bitrate, rate: Int, layout: String,
        _ packaging: AudioRendition.Packaging, _ reason: String, _ draft: PlanDraft,
        _ parameters: String...
    ) -> AudioRendition {
        AudioRendition(
            output: draft.output(
                .audio, name + suffix, reason,
                parameters: [
                    "stream \(audio.index)", audio.codec, "language \(label.language ?? "")",
                    encoder, "\(bitrate.bitsPerSecond)", "\(rate)", layout, packaging.rawValue,
                    "segment \(recipe.video.segmentSeconds)",
                ] + parameters),
            encoder: encoder, bitrate: bitrate, bitsPerSample: nil, sampleRate: rate,
            packaging: packaging)
    }

    /// Of AAC and Opus, from the figure for stereo.
    private func bitrate(_ stereo: Int) -> Bitrate {
        // AAC-LC takes at most 6 bits per sample and channel; low rates need less anyway.
        let kilobits = channels == 1 ? stereo * 5 / 8 : stereo
        let ceiling = rate * channels * 4 / 1000
        return .kilobits(max(16, min(kilobits, ceiling)))
    }

    /// Rates of ISO/IEC 11172-3 and 13818-3: the largest one that is not above what is asked for.
    private var mp3Bitrate: Bitrate {
        let wanted = channels == 1 ? recipe.audio.mp3Kilobits * 5 / 8 : recipe.audio.mp3Kilobits
        let rates =
            rate >= 32_000
            ? [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320]
            : rate >= 16_000
                ? [16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160]
                : [16, 24, 32, 40, 48, 56, 64]
        return .kilobits(rates.last { $0 <= wanted } ?? rates[0])
    }
}
