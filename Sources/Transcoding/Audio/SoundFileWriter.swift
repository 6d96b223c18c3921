import FFmpeg
import Glibc
import MediaModel
import Planning

/// Writes one stream of sound into a file of its own in scratch.
///
/// What the encoder put before the first sample and behind the last one stands in the stream
/// (Opus: pre-skip and the last packet's length): players start and end where the sound does.
final class SoundFileWriter {
    private let output: PlannedOutput
    private let format: SoundFileFormat
    private let scratch: ScratchDirectory
    private let working: String
    private let descriptor: Int32
    private let parameters: CodecParameters
    private var muxer: Muxer

    init(
        _ rendition: AudioRendition, encoder: borrowing Encoder, credit: Credit?,
        scratch: ScratchDirectory
    ) throws(Failure) {
        output = rendition.output
        guard let format = SoundFileFormat(rendition.packaging) else {
            throw .internalError(code: "planMismatch", "\(rendition.output.name) is no single file")
        }
        self.format = format
        self.scratch = scratch
        working = "\(rendition.output.name).working"
        parameters = encoder.parameters
        descriptor = try scratch.create(working)
        do {
            muxer = try Muxer(
                format: format.muxer, descriptor: descriptor, displayName: output.name)
            muxer.setBitExact()
            for (key, value) in ProgressiveWriter.tags(credit) { muxer.setMetadata(key, value) }
            try muxer.addStream(parameters, timeBase: encoder.timeBase)
            try muxer.writeHeader()
        } catch {
            close(descriptor)
            throw Failure(error, while: "preparing \(output.name)")
        }
    }

    deinit { close(descriptor) }

    func write(_ packet: Packet) throws(Failure) {
        do {
            try muxer.write(packet, stream: 0)
        } catch {
            throw Failure(error, while: "writing \(output.name)")
        }
    }

    /// Completes, verifies and adopts the file.
    ///
    /// - Parameter durationSeconds: of the sound that went in.
    func finish(durationSeconds: Double, interrupt: Interrupt) throws(Failure) -> Artifact {
        do {
            try muxer.writeTrailer()
        } catch {
            throw Failure(error, while: "writing \(output.name)")
        }
        let found = try MediaVerifier.inspect(
            descriptor: descriptor, name: output.name, format: format.muxer, interrupt: interrupt)
        let channels = parameters.channelLayout?.channelCount ?? 0
        guard found.count == 1, let stream = found.first, stream.codecs == format.codecString,
            stream.channels == channels
        else {
            throw MediaVerifier.wrong(output.name, "other streams", "one of \(format.codecs)")
        }
        // One packet: the contract of time for sound. libavformat has cut the last packet of an Ogg
        // already, and says what decoders are to drop of it all the same.
        let end = stream.endSeconds - (format.muxer == "ogg" ? 0 : stream.droppedSeconds)
        guard abs(end - durationSeconds) <= stream.longestPacketSeconds + 0.001 else {
            throw MediaVerifier.wrong(
                output.name, "an end at \(end) s", "\(durationSeconds) s")
        }
        let file = try scratch.adopt(
            working, stem: output.name, fileExtension: format.fileExtension)
        var description = DerivativeDescription(
            role: output.role, name: output.name, mediaType: format.mediaType, key: output.key,
            reason: output.reason)
        description.durationSeconds = durationSeconds
        description.codecs = format.codecs
        description.sampleRate = parameters.sampleRate
        description.channels = channels
        if durationSeconds > 0 {
            description.bitrate = Int((Double(file.byteCount) * 8 / durationSeconds).rounded())
        }
        return Artifact(description: description, file: file)
    }
}
