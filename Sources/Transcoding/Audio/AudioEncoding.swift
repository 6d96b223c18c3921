import FFmpeg
import MediaModel
import Planning

/// One encoding of the sound: cuts blocks to the encoder's size (and rate), encodes, hands packets on.
final class AudioEncoding {
    /// Where packets go.
    enum Output {
        /// Cut at the first packet at or after each multiple of the segment length.
        case segments(SegmentWriter, seconds: Double)
        case file(SoundFileWriter)
    }

    private let name: String
    private let output: Output
    private var graph: FilterGraph
    private var encoder: Encoder
    private var boundary = 0

    /// - Parameter output: made from the encoder, whose headers it needs.
    init(
        _ rendition: AudioRendition, from format: Resampler.Format,
        output: (borrowing Encoder) throws(Failure) -> Output
    ) throws(Failure) {
        // Of the formats they take, the one that loses nothing: AAC and LAME work on planes, Opus
        // does not; FLAC takes integers.
        let sampleFormat: SampleFormat =
            switch rendition.encoder {
            case "aac", "libmp3lame": .fltp
            case "flac": rendition.bitsPerSample == 16 ? .s16 : .s32
            default: .flt
            }
        let encoder = try Self.encoder(rendition, sampleFormat, format.channelLayout)
        let graph = try Self.graph(rendition, sampleFormat, format, frameSize: encoder.frameSize)
        let target = try output(encoder)
        name = rendition.output.name
        self.output = target
        self.graph = consume graph
        self.encoder = consume encoder
    }

    private static func encoder(
        _ rendition: AudioRendition, _ sampleFormat: SampleFormat, _ layout: ChannelLayout
    ) throws(Failure) -> Encoder {
        var settings = AudioEncoderSettings(
            codec: rendition.encoder, sampleRate: rendition.sampleRate, channelLayout: layout,
            sampleFormat: sampleFormat)
        if rendition.bitrate.bitsPerSecond > 0 {
            settings.bitRate = Int64(rendition.bitrate.bitsPerSecond)
        }
        settings.bitsPerRawSample = rendition.bitsPerSample
        settings.bitExact = true
        do {
            return try Encoder(audio: settings)
        } catch {
            throw Failure(error, while: "preparing \(rendition.output.name)")
        }
    }

    /// Cuts blocks to the encoder's size, and resamples where its rate is another.
    private static func graph(
        _ rendition: AudioRendition, _ sampleFormat: SampleFormat, _ format: Resampler.Format,
        frameSize: Int
    ) throws(Failure) -> FilterGraph {
        do {
            return try FilterGraph(
                "[in]anull[out]",
                sources: [
                    .audio(
                        sampleRate: format.sampleRate, sampleFormat: format.sampleFormat,
                        channelLayout: format.channelLayout)
                ],
                sinks: [
                    .audio(
                        sampleFormats: [sampleFormat], sampleRates: [rendition.sampleRate],
                        channelLayouts: [format.channelLayout], frameSize: frameSize)
                ])
        } catch {
            throw Failure(error, while: "preparing \(rendition.output.name)")
        }
    }

    /// Encodes a block; nil = the end.
    func consume(_ frame: Frame?) throws(Failure) {
        do {
            try graph.push(frame)
            while case .frame(let block) = try graph.pull() { try encode(block) }
            if frame == nil { try encode(nil) }
        } catch let failure as Failure {
            throw failure
        } catch let error as FFmpegError {
            throw Failure(error, while: "encoding \(name)")
        } catch {
            throw .internalError(code: "media", "encoding \(name): \(error)")
        }
    }

    private func encode(_ frame: Frame?) throws {
        while true {
            let sent = try encoder.send(frame)
            while case .packet(let packet) = try encoder.receive() { try hand(packet) }
            if sent != .again { return }
        }
    }

    private func hand(_ packet: Packet) throws(Failure) {
        switch output {
        case .file(let writer):
            try writer.write(packet)
        case .segments(let writer, let seconds):
            // Priming lies before 0 and belongs to the first segment.
            let time = max(0, Double(packet.pts ?? 0) * packet.timeBase.doubleValue)
            // A thousandth of a sample: multiples are not exact in floating point.
            let isDue = time >= Double(boundary) * seconds - 1e-8
            if isDue { boundary = max(boundary + 1, Int(time / seconds) + 1) }
            try writer.write(packet, startsSegment: isDue)
        }
    }
}
