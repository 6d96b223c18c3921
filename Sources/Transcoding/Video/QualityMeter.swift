import FFmpeg
import MediaModel
import Planning

/// Keeps a few of the frames that a rung was encoded from, and compares them with what comes back
/// out of the written segments: SSIM, by FFmpeg's filter, as the manifest publishes it.
///
/// Cheap by looking into few segments and not far into them; memory is a dozen frames at most. To be
/// used by one thread at a time.
final class QualityMeter {
    /// Segments that are looked into, counted from 0: the first, then ever farther apart, so that
    /// nobody has to know how long the film will be; 1023 segments of 4 s are over an hour.
    private static let segments: Set<Int> = [0, 3, 15, 63, 255, 1023]
    /// Frames of those segments, counted from 0: behind the key frame, on whose quality encoders
    /// spend more, among predicted ones of both kinds.
    private static let positions: Set<Int> = [3, 9]
    /// Shortest side that is measured, in pixels.
    private static let leastSide = 16

    private var references: [(segment: Int, frame: Frame)] = []
    private var segment = -1
    private var position = 0
    /// For films shorter than that: the very last frame seen.
    private var newest: Frame?

    /// Sees every frame, in order, before it is encoded.
    func offer(_ frame: TimedFrame) {
        if frame.startsSegment {
            segment += 1
            position = 0
        } else {
            position += 1
        }
        newest = frame.frame
        if Self.segments.contains(segment), Self.positions.contains(position) {
            references.append((segment, frame.frame))
        }
    }

    /// The mean likeness of the kept frames to what the track's segments decode to.
    func measure(
        _ track: SegmentedTrack, scratch: ScratchDirectory, interrupt: Interrupt
    ) throws(Failure) -> Quality? {
        if references.isEmpty, let newest { references = [(segment, newest)] }
        newest = nil
        defer { references = [] }
        // The filter's windows do not fit into less: it divides by nothing.
        guard let size = references.first?.frame, min(size.width, size.height) >= Self.leastSide
        else { return nil }
        var scores: [Double] = []
        for index in Set(references.map(\.segment)).sorted() {
            let wanted = references.filter { $0.segment == index }.map(\.frame)
            scores += try compare(wanted, index, track, scratch, interrupt)
        }
        scores = scores.filter(\.isFinite)
        guard !scores.isEmpty else { return nil }
        let mean = min(max(scores.reduce(0, +) / Double(scores.count), 0), 1)
        return Quality(metric: "ssim", score: (mean * 100_000).rounded() / 100_000)
    }

    private func compare(
        _ wanted: [Frame], _ index: Int, _ track: SegmentedTrack, _ scratch: ScratchDirectory,
        _ interrupt: Interrupt
    ) throws(Failure) -> [Double] {
        let working = "\(track.output.name).quality"
        try scratch.concatenate(
            [track.initialization.path, track.segments[index].file.path], to: working)
        defer { try? scratch.remove(working) }
        let file = try scratch.open(working)
        do throws(FFmpegError) {
            var demuxer = try Demuxer(
                descriptor: file, ownership: .owned, format: "mov", interrupt: interrupt)
            guard let stream = demuxer.streams.first else { return [] }
            var decoder = try Decoder(stream: stream, settings: DecoderSettings())
            var missing = wanted
            var scores: [Double] = []
            var isOver = false
            while !missing.isEmpty, !isOver {
                let result = try demuxer.read()
                if case .packet(let packet) = result {
                    _ = try decoder.send(packet)
                } else {
                    isOver = true
                    _ = try decoder.send(nil)
                }
                while case .frame(let decoded) = try decoder.receive() {
                    guard let match = missing.firstIndex(where: { Self.isSame($0, decoded) })
                    else { continue }
                    scores.append(try Self.likeness(decoded, missing.remove(at: match)))
                }
            }
            return scores
        } catch {
            throw Failure(error, while: "measuring \(track.output.name)")
        }
    }

    /// Both are counted from the item's origin; their bases differ.
    private static func isSame(_ reference: Frame, _ decoded: Frame) -> Bool {
        guard let a = reference.timestamp?.seconds, let b = decoded.timestamp?.seconds else {
            return false
        }
        return abs(a - b) < 0.000_5
    }

    private static func likeness(_ decoded: Frame, _ reference: Frame) throws(FFmpegError) -> Double
    {
        decoded.timeBase = reference.timeBase
        decoded.pts = reference.pts
        guard let first = FilterGraph.Source("a", like: decoded),
            let second = FilterGraph.Source("b", like: reference)
        else { throw FFmpegError(.bug, operation: "avfilter_graph_config", path: "ssim") }
        var graph = try FilterGraph("[a][b]ssim[out]", sources: [first, second], sinks: [.video()])
        try graph.push(decoded, to: 0)
        try graph.push(reference, to: 1)
        try graph.push(nil, to: 0)
        try graph.push(nil, to: 1)
        guard case .frame(let frame) = try graph.pull(),
            let score = frame.metadata["lavfi.ssim.All"].flatMap({ Double($0) })
        else { throw FFmpegError(.bug, operation: "av_buffersink_get_frame", path: "ssim") }
        return score
    }
}
