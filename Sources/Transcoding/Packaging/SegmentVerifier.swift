package import FFmpeg
package import MediaModel
import Planning

/// Reads a finished track's segments back, each alone behind the header, as a player does.
package enum SegmentVerifier {
    /// Every segment holds the recorded packets at the recorded times and begins with a key frame;
    /// the first and the last one decode; nothing is missing in between.
    ///
    /// - Parameter packetCount: pictures that must be there in all; nil = only what was recorded.
    package static func verify(
        _ track: SegmentedTrack, packetCount: Int? = nil, scratch: ScratchDirectory,
        interrupt: Interrupt
    ) throws(Failure) {
        let name = track.output.name
        if let packetCount, packetCount != track.packetCount {
            throw MediaVerifier.wrong(name, "\(track.packetCount) pictures", "\(packetCount)")
        }
        var reader = try SegmentReader(track, scratch: scratch, interrupt: interrupt)
        guard reader.stream.parameters.codecString == track.codecs else {
            throw MediaVerifier.wrong(
                name, "codec \(reader.stream.parameters.codecString ?? "unknown")", track.codecs)
        }
        try compare(reader.stream.parameters, with: track)
        let edges = StreamObserver(reader.stream, edge: 24, longestGroup: 600)
        var counts = [Int](repeating: 0, count: track.segments.count)
        var starts = [Double](repeating: .infinity, count: track.segments.count)
        var firstSizes = [Int](repeating: 0, count: track.segments.count)
        while let (packet, index) = try reader.next() {
            if counts[index] == 0, !packet.isKey {
                throw MediaVerifier.wrong(
                    name, "no key frame at the start of segment \(index + 1)", "one")
            }
            if counts[index] == 0 { firstSizes[index] = packet.size }
            counts[index] += 1
            if let pts = packet.pts {
                starts[index] = min(starts[index], Double(pts) * packet.timeBase.doubleValue)
            }
            edges.see(packet)
        }
        try compare(counts: counts, starts: starts, with: track)
        try KeyFrameVerifier.verify(track, sizes: firstSizes, scratch: scratch)
        do {
            try edges.decodeEnds(name)
        } catch let failure as Failure {
            throw failure
        } catch {
            throw .internalError(code: "verification", "\(name) does not decode: \(error)")
        }
    }

    /// The header says what the track was made to be.
    private static func compare(
        _ parameters: CodecParameters, with track: SegmentedTrack
    ) throws(Failure) {
        let name = track.output.name
        switch track.content {
        case .video(let size, _):
            let found = PixelSize(width: parameters.width, height: parameters.height)
            guard found == size else { throw MediaVerifier.wrong(name, "\(found)", "\(size)") }
        case .audio(let sampleRate, let channels, _):
            let found = parameters.channelLayout?.channelCount ?? 0
            guard parameters.sampleRate == sampleRate, found == channels else {
                throw MediaVerifier.wrong(
                    name, "\(found) channels at \(parameters.sampleRate) Hz",
                    "\(channels) at \(sampleRate) Hz")
            }
        }
    }

    private static func compare(
        counts: [Int], starts: [Double], with track: SegmentedTrack
    ) throws(Failure) {
        let name = track.output.name
        var expected = track.segments.first?.start ?? 0
        for (index, segment) in track.segments.enumerated() {
            guard counts[index] == segment.packetCount else {
                throw MediaVerifier.wrong(
                    name, "\(counts[index]) packets in segment \(index + 1)",
                    "\(segment.packetCount)")
            }
            guard segment.start == expected else {
                throw MediaVerifier.wrong(
                    name, "a hole before segment \(index + 1)", "segments that follow each other")
            }
            expected = segment.start + segment.duration
            // Priming lies before the first presented moment.
            let start = starts[index] + (index == 0 ? track.seconds(track.priming) : 0)
            guard abs(start - track.seconds(segment.start)) <= 2 * track.seconds(1) else {
                throw MediaVerifier.wrong(
                    name, "segment \(index + 1) starting at \(start) s",
                    "\(track.seconds(segment.start)) s")
            }
        }
    }
}
