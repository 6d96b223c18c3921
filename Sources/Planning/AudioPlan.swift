package import MediaModel

/// The sound, decoded once; each codec encoded once.
package struct AudioPlan: Codable, Hashable, Sendable {
    package var streamIndex: Int
    /// How listeners know it.
    package var label: TrackLabel
    /// FFmpeg decoder name.
    package var codec: String
    /// As in `VideoPlan.originSeconds`; sound that starts later than the origin is preceded by
    /// silence, sound before it is cut.
    package var originSeconds: Double
    package var durationSeconds: Double
    /// In hertz.
    package var inputSampleRate: Int
    package var inputChannels: Int
    /// FFmpeg's layout description; nil = assume the default layout of that many channels.
    package var inputLayout: String?
    /// 44100 or 48000 (or lower for speech recordings), in hertz.
    package var sampleRate: Int
    /// 1 or 2.
    package var channels: Int
    /// `true`: mix down with coefficients normalised so that full scale cannot clip.
    package var downmix: Bool
    package var renditions: [AudioRendition]
    /// The same sound in other channels or at another rate, from the same decode.
    package var otherMixes: [AudioMix]
    /// Whether its loudness is the item's.
    package var isMeasured: Bool
    package var waveform: WaveformPlan?
    /// Loudness that `gainDB` leads to, in LUFS.
    package var loudnessTargetLUFS: Double
    /// Highest true peak that `gainDB` may lead to, in dBTP.
    package var truePeakCeilingDBTP: Double
    /// Segment length for segmented renditions, in seconds.
    package var segmentSeconds: Double
    /// Share image 1200×630 drawn from the waveform, when there is neither film nor cover.
    package var share: PlannedOutput?

    /// The mix that is measured and that everything can play.
    package var mainMix: AudioMix {
        AudioMix(
            sampleRate: sampleRate, layout: channels == 1 ? "mono" : "stereo",
            renditions: renditions)
    }

    /// All encodings, in the order they are made.
    package var allRenditions: [AudioRendition] { renditions + otherMixes.flatMap(\.renditions) }

    package var outputs: [PlannedOutput] {
        allRenditions.map(\.output) + (waveform?.outputs ?? []) + (share.map { [$0] } ?? [])
    }
}

/// Decoded sound brought to one rate and one set of channels.
package struct AudioMix: Codable, Hashable, Sendable {
    /// In hertz.
    package var sampleRate: Int
    /// FFmpeg's layout description: `stereo`, `5.1`.
    package var layout: String
    package var renditions: [AudioRendition]
}

/// One encoding of the sound.
package struct AudioRendition: Codable, Hashable, Sendable {
    package enum Packaging: String, Codable, Hashable, Sendable {
        /// CMAF segments, for HLS and DASH.
        case segments
        /// One `.m4a` with its index in front.
        case m4a
        /// One `.opus` (Ogg).
        case ogg
        case mp3
        case flac
    }

    package var output: PlannedOutput
    /// FFmpeg encoder name: `aac`, `libopus`, `libmp3lame`, `flac`.
    package var encoder: String
    /// 0 for what loses nothing.
    package var bitrate: Bitrate
    /// Of what loses nothing: 16 or 24.
    package var bitsPerSample: Int?
    /// The encoder's own rate (Opus runs at 48000), in hertz.
    package var sampleRate: Int
    package var packaging: Packaging
}

/// Peaks of the sound as numbers and as pictures.
package struct WaveformPlan: Codable, Hashable, Sendable {
    package enum Format: String, Codable, Hashable, Sendable {
        /// audiowaveform, version 2, as JSON.
        case json
        /// audiowaveform, version 2, as bytes.
        case dat
        /// Fractions of the loudest moment.
        case peaks
        case svg
        case png
    }

    /// One file of it.
    package struct File: Codable, Hashable, Sendable {
        package var output: PlannedOutput
        package var format: Format
    }

    package var files: [File]
    /// Input samples per min/max pair, at the output sample rate.
    package var samplesPerPixel: Int
    /// 8 or 16, in the numbers of audiowaveform.
    package var bits: Int
    /// Most numbers in the file of peaks.
    package var peakCount: Int
    /// Of both pictures.
    package var pictureSize: PixelSize

    package var outputs: [PlannedOutput] { files.map(\.output) }
}
