package import MediaModel
package import Planning

/// One track of a film or song as a published directory of CMAF segments: what was written, measured.
///
/// A plain value; playlists and the progressive file are made from it.
package struct SegmentedTrack: Codable, Hashable, Sendable {
    /// What the segments hold, as far as playlists say it.
    package enum Content: Codable, Hashable, Sendable {
        /// `frameRate` in frames per second; nil = unknown.
        case video(size: PixelSize, frameRate: Ratio?)
        /// `sampleRate` in hertz.
        case audio(sampleRate: Int, channels: Int, language: String?)
    }

    /// One media segment.
    package struct Segment: Codable, Hashable, Sendable {
        /// Final path, relative to the item.
        package var file: ArtifactFile
        /// First presented moment, in ticks of the track's timescale.
        package var start: Int64
        /// Up to the next segment's start, or to the end of the track; in ticks.
        package var duration: Int64
        /// Coded pictures or audio frames.
        package var packetCount: Int
        /// How far from its beginning the fragment reaches that holds its key frame and nothing
        /// else, in bytes; nil for sound.
        package var keyFrameByteCount: Int64?
    }

    package var output: PlannedOutput
    package var content: Content
    /// RFC 6381.
    package var codecs: String
    /// Ticks per second.
    package var timescale: Int32
    /// Final directory, relative to the item: `video-720p.91c2d0aa`.
    package var directory: String
    /// The media playlist.
    package var playlist: ArtifactFile
    /// The header that every segment needs.
    package var initialization: ArtifactFile
    /// The playlist of its key frames, for players that scrub and run fast; nil for sound.
    package var keyFramePlaylist: ArtifactFile?
    /// Likeness of some frames to those they were encoded from; nil for sound, or not measured.
    package var quality: Quality?
    /// How long before the first presented moment its first packet lies, in ticks: an encoder's
    /// priming, which the header's edit list takes off.
    package var priming: Int64 = 0
    /// How long the last picture is shown, in ticks: what a file with reordered pictures does not
    /// tell again. nil for sound.
    package var lastPictureDuration: Int64?
    /// In presentation order, without holes; at least one.
    package var segments: [Segment]
    /// How listeners know it; nil for pictures.
    package var label: TrackLabel?

    /// When the first segment starts, in seconds from the item's origin.
    package var startSeconds: Double { seconds(segments.first?.start ?? 0) }
    /// When the last segment ends, in seconds from the item's origin.
    package var endSeconds: Double {
        guard let last = segments.last else { return 0 }
        return seconds(last.start + last.duration)
    }
    package var durationSeconds: Double { endSeconds - startSeconds }
    package var packetCount: Int { segments.reduce(0) { $0 + $1.packetCount } }
    /// Of all segments, without the header, in bytes.
    package var byteCount: Int64 { segments.reduce(0) { $0 + $1.file.byteCount } }

    /// Ticks of this track as seconds.
    package func seconds(_ ticks: Int64) -> Double { Double(ticks) / Double(timescale) }

    /// DASH's maxSegmentDuration, in seconds.
    package var longestSegmentSeconds: Double {
        segments.reduce(0.001) { max($0, seconds($1.duration)) }
    }

    /// EXT-X-TARGETDURATION: no segment is longer when rounded to whole seconds; at least 1.
    package var targetDuration: Int {
        segments.reduce(1) { max($0, Int(seconds($1.duration).rounded())) }
    }

    /// What is published: the media playlist, with the header and the segments as companions.
    package var artifact: Artifact {
        var description = DerivativeDescription(
            role: output.role, name: output.name, mediaType: HLSWriter.mediaType, key: output.key,
            reason: output.reason)
        description.durationSeconds = durationSeconds
        description.codecs = codecs
        description.bitrate = averageBitrate
        description.peakBitrate = peakBitrate
        description.quality = quality
        switch content {
        case .video(let size, let frameRate):
            description.width = size.width
            description.height = size.height
            description.frameRate = frameRate?.value
        case .audio(let sampleRate, let channels, let language):
            description.sampleRate = sampleRate
            description.channels = channels
            description.language = language
            description.title = label?.name
        }
        return Artifact(
            description: description, file: playlist,
            companions: [initialization] + segments.map(\.file)
                + [keyFramePlaylist].compactMap { $0 })
    }
}
