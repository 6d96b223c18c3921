import FFmpeg
import Glibc
import MediaModel
import Planning

/// Writes one Opus stream into an Ogg file in scratch.
///
/// Pre-skip and the length of the last packet stand in the stream: players start and end where the
/// sound does.
final class OggWriter {
    private let output: PlannedOutput
    private let scratch: ScratchDirectory
    private let working: String
    private let descriptor: Int32
    private let parameters: CodecParameters
    private var muxer: Muxer

    init(
        _ output: PlannedOutput, encoder: borrowing Encoder, credit: Credit?,
        scratch: ScratchDirectory
    ) throws(Failure) {
        self.output = output
        self.scratch = scratch
        working = "\(output.name).working"
        parameters = encoder.parameters
        descriptor = try scratch.create(working)
        do {
            muxer = try Muxer(format: "ogg", descriptor: descriptor, displayName: output.name)
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
            descriptor: descriptor, name: output.name, format: "ogg", interrupt: interrupt)
        let channels = parameters.channelLayout?.channelCount ?? 0
        guard found.count == 1, let stream = found.first, stream.codecs == "opus",
            stream.channels == channels
        else { throw MediaVerifier.wrong(output.name, "other streams", "one of Opus") }
        // One packet of Opus: outputs.md's contract of time.
        guard abs(stream.endSeconds - durationSeconds) <= 0.02 else {
            throw MediaVerifier.wrong(
                output.name, "an end at \(stream.endSeconds) s", "\(durationSeconds) s")
        }
        let file = try scratch.adopt(working, stem: output.name, fileExtension: "opus")
        var description = DerivativeDescription(
            role: output.role, name: output.name, mediaType: "audio/ogg", key: output.key,
            reason: output.reason)
        description.durationSeconds = durationSeconds
        description.codecs = "opus"
        description.sampleRate = parameters.sampleRate
        description.channels = channels
        if durationSeconds > 0 {
            description.bitrate = Int((Double(file.byteCount) * 8 / durationSeconds).rounded())
        }
        return Artifact(description: description, file: file)
    }
}
