import FFmpeg
import MediaModel
import Planning

/// Brings decoded sound to one rate and one set of channels, whatever it is and however it changes
/// on the way.
struct ChannelMixer: ~Copyable {
    /// What comes out: planar floats.
    let format: Resampler.Format

    /// Channels that swresample has coefficients for: those of 7.1.
    private static let mostPlacedChannels = 8

    private let inputLayout: String?
    private var resampler: Resampler?
    private var input: Resampler.Format?

    /// - Parameter inputLayout: what the probe found, for frames that do not say.
    init(_ mix: AudioMix, inputLayout: String?) throws(Failure) {
        guard let layout = ChannelLayout(mix.layout) else {
            throw .internalError(code: "planMismatch", "\(mix.layout) is no channel layout")
        }
        self.inputLayout = inputLayout
        format = Resampler.Format(
            sampleRate: mix.sampleRate, sampleFormat: .fltp, channelLayout: layout)
    }

    /// Converts a frame, nil = the end, and hands what is ready to `body`.
    mutating func convert(
        _ frame: Frame?, _ body: (Frame) throws(Failure) -> Void
    ) throws(Failure) {
        guard let frame else {
            try flush(body)
            return
        }
        guard let raw = Resampler.Format(frame) else { return }
        var converted: Frame?
        do {
            if raw != input {
                // The stream changed: what the old converter holds comes first.
                try flush(body)
                input = raw
                resampler = try makeResampler(from: raw)
            }
            converted = try resampler?.convert(frame)
        } catch let failure as Failure {
            throw failure
        } catch let error as FFmpegError {
            throw Failure(error, while: "resampling the sound")
        } catch {
            throw .internalError(code: "media", "resampling the sound: \(error)")
        }
        if let converted { try body(converted) }
    }

    private mutating func flush(_ body: (Frame) throws(Failure) -> Void) throws(Failure) {
        while resampler != nil {
            var rest: Frame?
            do {
                rest = try resampler?.convert(nil)
            } catch {
                throw Failure(error, while: "resampling the sound")
            }
            guard let rest else { break }
            try body(rest)
        }
        resampler = nil
    }

    private func makeResampler(from raw: Resampler.Format) throws(FFmpegError) -> Resampler {
        let source = Resampler.Format(
            sampleRate: raw.sampleRate, sampleFormat: raw.sampleFormat,
            channelLayout: layout(of: raw))
        guard source.channelLayout.isSpecified,
            // Beyond 7.1, swresample's matrix leaves most channels out.
            source.channelLayout.channelCount <= Self.mostPlacedChannels
        else { return try equalMix(from: source) }
        do {
            // swresample's matrix for the layouts, scaled down until no sum of coefficients exceeds
            // 1: full scale in every channel cannot clip. Left alone, float output is not scaled.
            return try Resampler(
                from: source, to: format, options: ["rematrix_maxval": "1.0"])
        } catch {
            if error.code == .outOfMemory { throw error }
            // Layouts without a front (a lone effects channel) that swresample has no rule for.
            return try equalMix(from: source)
        }
    }

    private func layout(of raw: Resampler.Format) -> ChannelLayout {
        let layout = raw.channelLayout
        guard !layout.isSpecified else { return layout }
        let count = layout.channelCount
        if let planned = inputLayout.flatMap({ ChannelLayout($0) }),
            planned.channelCount == count, planned.isSpecified
        {
            return planned
        }
        return ChannelLayout(defaultFor: count)
    }

    /// Nobody knows where these channels are: every output gets all of them, equally.
    private func equalMix(from source: Resampler.Format) throws(FFmpegError) -> Resampler {
        let count = source.channelLayout.channelCount
        let row = [Double](repeating: 1 / Double(max(1, count)), count: count)
        let outputs = format.channelLayout.channelCount
        return try Resampler(
            from: source, to: format, mixMatrix: Array(repeating: row, count: outputs))
    }
}
