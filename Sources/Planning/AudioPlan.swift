package import MediaModel

/// The sound, decoded once; each codec encoded once.
package struct AudioPlan: Codable, Hashable, Sendable {
    package var streamIndex: Int
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
    package var waveform: WaveformPlan?
    /// Loudness that `gainDB` leads to, in LUFS.
    package var loudnessTargetLUFS: Double
    /// Highest true peak that `gainDB` may lead to, in dBTP.
    package var truePeakCeilingDBTP: Double
    /// Segment length for segmented renditions, in seconds.
    package var segmentSeconds: Double
    /// Share image 1200×630 drawn from the waveform, when there is neither film nor cover.
    package var share: PlannedOutput?
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
    }

    package var output: PlannedOutput
    /// FFmpeg encoder name: `aac`, `libopus`.
    package var encoder: String
    package var bitrate: Bitrate
    /// The encoder's own rate (Opus runs at 48000), in hertz.
    package var sampleRate: Int
    package var packaging: Packaging
}

/// Peaks of the sound as numbers and as a picture.
package struct WaveformPlan: Codable, Hashable, Sendable {
    /// audiowaveform version 2 JSON, SVG picture.
    package var outputs: [PlannedOutput]
    /// Input samples per min/max pair, at the output sample rate.
    package var samplesPerPixel: Int
    /// 8 or 16.
    package var bits: Int
    package var svgSize: PixelSize
}
