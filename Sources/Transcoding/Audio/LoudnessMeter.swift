import FFmpeg
import Foundation
import MediaModel

/// Measures loudness as EBU R128 says: integrated, range, true peak.
///
/// What is measured is the mix that is published: the gain is meant for it. For mono and stereo
/// sources that is the source; a surround source measures differently before its downmix.
struct LoudnessMeter: ~Copyable {
    private var filter: FilterGraph
    /// To 192 kHz, as the ebur128 filter itself does for true peaks. Not left to the filter: it
    /// tells peaks with three decimals of full scale, too coarse for quiet recordings.
    private var oversampler: Resampler
    private var peak: Float = 0
    /// Of the last whole block: the filter measures every 100 ms and tags the frames that complete
    /// one; what is left over at the end carries nothing.
    private var newest: Frame?

    private static let peakRate = 192_000
    /// Nothing that passed the absolute gate (−70 LUFS) of ITU-R BS.1770.
    private static let gate = -70.0

    init(_ format: Resampler.Format) throws(FFmpegError) {
        let filter = try FilterGraph(
            "[in]ebur128=metadata=1[out]",
            sources: [
                .audio(
                    sampleRate: format.sampleRate, sampleFormat: format.sampleFormat,
                    channelLayout: format.channelLayout)
            ], sinks: [.audio()])
        let oversampler = try Resampler(
            from: format,
            to: Resampler.Format(
                sampleRate: max(Self.peakRate, format.sampleRate), sampleFormat: .fltp,
                channelLayout: format.channelLayout))
        self.filter = consume filter
        self.oversampler = consume oversampler
    }

    mutating func consume(_ frame: Frame) throws(FFmpegError) {
        try filter.push(frame)
        try pull()
        if let dense = try oversampler.convert(frame) { track(dense) }
    }

    /// - Parameters: target and ceiling that the gain leads to, in LUFS and dBTP.
    mutating func finish(target: Double, ceiling: Double) throws(FFmpegError) -> Loudness {
        try filter.push(nil)
        try pull()
        while let dense = try oversampler.convert(nil) { track(dense) }
        let truePeak = peak > 0 ? 20 * log10(Double(peak)) : nil
        let figures = newest?.metadata ?? [:]
        guard let integrated = figures["lavfi.r128.I"].flatMap(Double.init),
            integrated > Self.gate, let truePeak
        else {
            // Silence, or shorter than one measuring block of 400 ms: no figure, no gain.
            return Loudness(
                integratedLUFS: nil, rangeLU: nil, truePeakDBTP: truePeak.map(Self.hundredths),
                gainDB: nil)
        }
        let range = figures["lavfi.r128.LRA"].flatMap(Double.init)
        return Loudness(
            integratedLUFS: Self.hundredths(integrated), rangeLU: range.map(Self.hundredths),
            truePeakDBTP: Self.hundredths(truePeak),
            gainDB: Self.hundredths(min(target - integrated, ceiling - truePeak)))
    }

    private mutating func pull() throws(FFmpegError) {
        while case .frame(let frame) = try filter.pull() {
            if frame.hasMetadata { newest = frame }
        }
    }

    private mutating func track(_ frame: Frame) {
        for plane in 0..<frame.planeCount {
            peak = max(peak, frame.largestMagnitude(plane: plane))
        }
    }

    private static func hundredths(_ value: Double) -> Double { (value * 100).rounded() / 100 }
}
