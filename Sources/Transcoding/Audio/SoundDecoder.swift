import FFmpeg
import MediaModel
import Planning

/// Decodes the packets of the sound; counts what is damaged and goes on.
struct SoundDecoder: ~Copyable {
    /// Packets and frames that could not be decoded.
    private(set) var damageCount = 0
    /// Frames that were decoded.
    private(set) var frameCount = 0

    private var decoder: Decoder

    init(plan: AudioPlan, stream: StreamDescription) throws(Failure) {
        do {
            decoder = try Decoder(stream: stream)
        } catch {
            if error.code == .outOfMemory { throw Failure(error, while: "opening the decoder") }
            throw Failure(
                kind: error.code == .decoderNotFound ? .unsupported : .invalidMedia,
                code: "noDecoder",
                operatorText: "the sound (\(plan.codec)) cannot be decoded: \(error)",
                uploaderText: "The sound of this file is in a format that cannot be read.")
        }
    }

    /// Decodes a packet, nil = the end, and hands the sound that comes of it to `body`.
    mutating func decode(
        _ packet: Packet?, _ body: (Frame) throws(Failure) -> Void
    ) throws(Failure) {
        while true {
            var sent = SendResult.accepted
            do {
                sent = try decoder.send(packet)
            } catch {
                try count(error)
            }
            while let frame = try next() { try body(frame) }
            if sent != .again { return }
        }
    }

    private mutating func next() throws(Failure) -> Frame? {
        do {
            guard case .frame(let frame) = try decoder.receive() else { return nil }
            frameCount += 1
            return frame
        } catch {
            try count(error)
            return nil
        }
    }

    /// Damage is counted, everything else ends the work.
    private mutating func count(_ error: FFmpegError) throws(Failure) {
        switch error.code {
        case .interrupted, .outOfMemory, .noSpace:
            throw Failure(error, while: "decoding the sound")
        default:
            damageCount += 1
        }
    }
}
