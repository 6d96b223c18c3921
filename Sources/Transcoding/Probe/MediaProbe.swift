package import FFmpeg
package import MediaModel
package import Planning

/// Finds out what a film or song is, by its content.
///
/// Opens the container with the one demuxer that its bytes call for, reads every packet (without
/// decoding) for times and counts, and decodes the first picture and the first sound. Headers are
/// only believed where the content cannot say. Every input ends in `MediaInfo` or a `Failure`.
package struct MediaProbe: Sendable {
    package var limits: Limits
    package var interrupt: Interrupt

    package init(limits: Limits, interrupt: Interrupt) {
        self.limits = limits
        self.interrupt = interrupt
    }

    /// - Parameters:
    ///   - descriptor: readable and seekable; stays the caller's.
    ///   - byteCount: size of the upload.
    ///   - format: the sniffed format's name, for the result.
    ///   - demuxer: the one demuxer that is allowed.
    ///   - mediaType: of the sniffed format, as a film; turned into its `audio/` sibling for songs.
    package func probe(
        descriptor: Int32, byteCount: Int64, format: String, demuxer: String, mediaType: String
    ) throws(Failure) -> MediaInfo {
        let boxes = MP4Boxes(descriptor, byteCount: byteCount)
        if boxes.isEncrypted {
            throw ProbeFailure.encrypted(format)
        }
        let scan: StreamScan
        do throws(FFmpegError) {
            scan = try StreamScan(
                descriptor: descriptor, demuxer: demuxer, limits: limits, interrupt: interrupt)
        } catch {
            throw ProbeFailure.unreadable(error, format: format, limits: limits)
        }
        if scan.streams.contains(where: { $0.metadata["enc_key_id"] != nil }) {
            throw ProbeFailure.encrypted(format)
        }
        let candidates = StreamChoice(scan.streams)
        try checkSizes(candidates.video)
        let delays = candidates.video.reduce(into: [Int: Double]()) { delays, stream in
            guard boxes.tracks.indices.contains(stream.index) else { return }
            delays[stream.index] = boxes.tracks[stream.index].edit.delaySeconds
        }
        let evidence = try scan.run(
            decoding: candidates.video.map(\.index) + candidates.audio.map(\.index),
            delays: delays)

        var warnings = evidence.warnings
        var video = try videoInfo(candidates, evidence, warnings: &warnings)
        if let found = video, boxes.tracks.indices.contains(found.index) {
            video?.delaySeconds = delays[found.index] ?? 0
            video?.cleanAperture = boxes.tracks[found.index].cleanAperture?.rectangle(
                in: found.codedSize)
        }
        if let found = video, FieldProbe.isWorthwhile(found) {
            video?.fields = FieldProbe(
                descriptor: descriptor, demuxer: demuxer, interrupt: interrupt
            ).examine(found)
        }
        let sounds = audioInfos(candidates, evidence, warnings: &warnings)
        let audio = sounds.first
        warnings += candidates.subtitleWarnings
        guard video != nil || audio != nil else {
            throw ProbeFailure.nothing(candidates, format: format)
        }
        let starts = [video?.startSeconds, audio?.startSeconds].compactMap { $0 }
        let ends = [video?.endSeconds, audio?.endSeconds].compactMap { $0 }
        return MediaInfo(
            kind: video == nil ? .audio : .video, format: format,
            mediaType: video == nil ? Self.songType(mediaType) : mediaType, byteCount: byteCount,
            durationSeconds: max(0, (ends.max() ?? 0) - (starts.min() ?? 0)), video: video,
            audio: audio,
            otherAudio: sounds.dropFirst().sorted { $0.index < $1.index },
            subtitles: candidates.subtitles.map(SubtitleStreamInfo.init),
            chapters: Chapters.limited(scan.chapters),
            coverStreamIndex: candidates.cover?.index,
            streams: scan.streams.map(StreamSummary.init), tags: Tags.limited(scan.tags),
            warnings: warnings)
    }

    private func videoInfo(
        _ candidates: StreamChoice, _ evidence: StreamScan.Evidence,
        warnings: inout [MediaWarning]
    ) throws(Failure) -> VideoStreamInfo? {
        let soundEnd = candidates.audio.compactMap { evidence.packets[$0.index] }
            .compactMap { PacketTimeline($0)?.endSeconds }.max()
        for stream in candidates.video {
            guard let frame = evidence.frames[stream.index],
                let packets = evidence.packets[stream.index],
                let timeline = PacketTimeline(packets, heardUntil: soundEnd)
            else { continue }
            let others =
                candidates.video.count - 1 + candidates.undecodableVideo.count
            if others > 0 {
                warnings.append(
                    MediaWarning(
                        code: "picturesLeftOut",
                        message: "\(others) other picture tracks are not shown; stream "
                            + "\(stream.index) is."))
            }
            return try VideoStreamInfo.probed(
                stream, frame, timeline, hasAlphaPlane: packets.hasAlphaPlane, warnings: &warnings)
        }
        // Editors leave tracks behind that hold nothing.
        let isEmpty = candidates.video.allSatisfy { evidence.packets[$0.index]?.total ?? 0 == 0 }
        if isEmpty, !candidates.video.isEmpty, candidates.undecodableVideo.isEmpty,
            !candidates.audio.isEmpty
        {
            warnings.append(
                MediaWarning(
                    code: "emptyTrack",
                    message: "The picture track holds nothing; the upload is taken for a "
                        + "recording."))
            return nil
        }
        // A film whose picture cannot be shown is not a song.
        guard candidates.undecodableVideo.isEmpty else {
            throw ProbeFailure.noDecoder(candidates.undecodableVideo[0])
        }
        guard candidates.video.isEmpty else {
            throw ProbeFailure.noDecodableFrames(candidates.video[0], evidence.lastError)
        }
        return nil
    }

    /// Everything that can be heard, the one that plays by itself first.
    private func audioInfos(
        _ candidates: StreamChoice, _ evidence: StreamScan.Evidence,
        warnings: inout [MediaWarning]
    ) -> [AudioStreamInfo] {
        let found = candidates.audio.compactMap { stream -> AudioStreamInfo? in
            guard let frame = evidence.frames[stream.index],
                let packets = evidence.packets[stream.index],
                let timeline = PacketTimeline(packets)
            else { return nil }
            return AudioStreamInfo.probed(stream, frame, timeline)
        }
        let silent =
            candidates.audio.count - found.count + candidates.undecodableAudio.count
        if let first = found.first {
            if silent > 0 {
                warnings.append(
                    MediaWarning(
                        code: "tracksLeftOut",
                        message: "\(silent) sound tracks cannot be decoded; "
                            + "stream \(first.index) is heard."))
            }
            return found
        }
        if let stream = candidates.audio.first {
            warnings.append(
                MediaWarning(
                    code: "noSound",
                    message: "The sound (\(stream.codecName)) is damaged; nothing of it decodes."))
        } else if let stream = candidates.undecodableAudio.first {
            warnings.append(
                MediaWarning(
                    code: "noAudioDecoder",
                    message: "The sound (\(stream.codecLabel)) cannot be decoded here."))
        }
        return []
    }

    /// Refuses before a decoder takes memory for it.
    private func checkSizes(_ streams: [StreamDescription]) throws(Failure) {
        guard let stream = streams.first else { return }
        let size = PixelSize(width: stream.parameters.width, height: stream.parameters.height)
        let uploader = "This film's picture is too large; up to 8K can be processed."
        if max(size.width, size.height) > limits.videoSide {
            throw .limit(
                "videoSide", "the longest side of the picture", limit: "\(limits.videoSide) pixels",
                found: "\(max(size.width, size.height)) pixels", uploader: uploader)
        }
        if size.area > limits.videoPixels {
            throw .limit(
                "videoPixels", "the picture's area", limit: "\(limits.videoPixels) pixels",
                found: "\(size.area) pixels", uploader: uploader)
        }
    }

    private static func songType(_ mediaType: String) -> String {
        guard mediaType.hasPrefix("video/") else { return mediaType }
        return "audio/" + mediaType.dropFirst("video/".count)
    }
}
