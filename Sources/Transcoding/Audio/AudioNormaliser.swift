import FFmpeg
import MediaModel
import Planning

/// Decodes the sound and brings it to the plan's rate and channels, whatever it is and however it
/// changes on the way.
struct AudioNormaliser: ~Copyable {
    /// What comes out: planar floats.
    let format: Resampler.Format
    /// Packets and frames that could not be decoded.
    private(set) var damageCount = 0
    /// Frames that were decoded.
    private(set) var frameCount = 0

    private let plan: AudioPlan
    private var decoder: Decoder
    private var resampler: Resampler?
    private var input: Resampler.Format?

    init(plan: AudioPlan, stream: StreamDescription) throws(Failure) {
        self.plan = plan
        format = Resampler.Format(
            sampleRate: plan.sampleRate, sampleFormat: .fltp,
            channelLayout: plan.channels == 1 ? .mono : .stereo)
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
            try drain(body)
            if sent != .again { break }
        }
        if packet == nil { try flush(body) }
    }

    private mutating func drain(_ body: (Frame) throws(Failure) -> Void) throws(Failure) {
        while true {
            do {
                guard case .frame(let frame) = try decoder.receive() else { return }
                frameCount += 1
                if let converted = try convert(frame, body) { try body(converted) }
            } catch let error as FFmpegError {
                try count(error)
                return
            } catch let failure as Failure {
                throw failure
            } catch {
                throw .internalError(code: "media", "decoding the sound: \(error)")
            }
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

    private mutating func convert(
        _ frame: Frame, _ body: (Frame) throws(Failure) -> Void
    ) throws -> Frame? {
        guard let raw = Resampler.Format(frame) else { return nil }
        if raw != input {
            // The stream changed: what the old converter holds comes first.
            try flush(body)
            input = raw
            resampler = try makeResampler(from: raw)
        }
        return try resampler?.convert(frame)
    }

    private mutating func flush(_ body: (Frame) throws(Failure) -> Void) throws(Failure) {
        guard resampler != nil else { return }
        do {
            while let rest = try resampler?.convert(nil) { try body(rest) }
        } catch let failure as Failure {
            throw failure
        } catch let error as FFmpegError {
            throw Failure(error, while: "resampling the sound")
        } catch {
            throw .internalError(code: "media", "resampling the sound: \(error)")
        }
        resampler = nil
    }

    private func makeResampler(from raw: Resampler.Format) throws(FFmpegError) -> Resampler {
        let count = raw.channelLayout.channelCount
        var layout = raw.channelLayout
        if !layout.isSpecified {
            let planned = plan.inputLayout.flatMap { ChannelLayout($0) }
            layout =
                planned?.channelCount == count && planned?.isSpecified == true
                ? planned ?? layout : ChannelLayout(defaultFor: count)
        }
        let source = Resampler.Format(
            sampleRate: raw.sampleRate, sampleFormat: raw.sampleFormat, channelLayout: layout)
        guard layout.isSpecified else {
            // Nobody knows where these channels are: every output gets all of them, equally.
            let row = [Double](repeating: 1 / Double(max(1, count)), count: count)
            let outputs = format.channelLayout.channelCount
            return try Resampler(
                from: source, to: format, mixMatrix: Array(repeating: row, count: outputs))
        }
        // swresample's matrix for the layouts, scaled down until no sum of coefficients exceeds 1:
        // full scale in every channel cannot clip. Left alone, float output is not scaled.
        return try Resampler(from: source, to: format, options: ["rematrix_maxval": "1.0"])
    }
}
