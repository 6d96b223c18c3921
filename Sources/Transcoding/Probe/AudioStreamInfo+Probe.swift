import FFmpeg
import MediaModel

extension AudioStreamInfo {
    /// What a stream is, from its first decoded block (HE-AAC says half of the truth in headers).
    static func probed(
        _ stream: StreamDescription, _ frame: Frame, _ timeline: PacketTimeline
    ) -> AudioStreamInfo {
        let parameters = stream.parameters
        let bits =
            parameters.bitsPerRawSample > 0
            ? parameters.bitsPerRawSample : parameters.bitsPerCodedSample
        let layout = frame.channelLayout ?? parameters.channelLayout
        return AudioStreamInfo(
            index: stream.index, codec: stream.codecName, profile: parameters.profile,
            sampleFormat: (frame.sampleFormat ?? parameters.sampleFormat)?.name ?? "none",
            sampleRate: frame.sampleRate > 0 ? frame.sampleRate : parameters.sampleRate,
            channels: layout?.channelCount ?? 0,
            channelLayout: layout.flatMap { $0.mask == nil ? nil : $0.description },
            bitsPerSample: bits > 0 ? bits : nil, startSeconds: timeline.startSeconds,
            endSeconds: timeline.endSeconds, language: Tags.language(stream.metadata),
            title: Tags.limited(stream.metadata)["title"], purpose: stream.purpose)
    }
}

extension StreamSummary {
    init(_ stream: StreamDescription) {
        let parameters = stream.parameters
        let isVideo = stream.mediaType == .video
        let isAudio = stream.mediaType == .audio
        self.init(
            index: stream.index, type: stream.mediaType.rawValue,
            codec: stream.codecName == "none" ? nil : stream.codecName,
            language: Tags.language(stream.metadata),
            title: Tags.limited(stream.metadata)["title"],
            width: isVideo ? parameters.width : nil, height: isVideo ? parameters.height : nil,
            sampleRate: isAudio ? parameters.sampleRate : nil,
            channels: isAudio ? parameters.channelLayout?.channelCount : nil,
            isAttachedPicture: stream.disposition.contains(.attachedPicture))
    }
}
