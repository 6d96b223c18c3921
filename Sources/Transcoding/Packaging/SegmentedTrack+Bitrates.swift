import MediaModel

extension SegmentedTrack {
    /// Bits per second over the whole duration.
    package var averageBitrate: Int { averageBitrate { $0.file.byteCount } }

    /// The peak segment bit rate of RFC 8216, section 4.3.4.2: the highest of any run of segments
    /// that lasts between 0.5 and 1.5 target durations, in bits per second.
    package var peakBitrate: Int { peakBitrate { $0.file.byteCount } }

    /// The same of the key frames alone, each shown until the next one; 0 for sound.
    package var averageKeyFrameBitrate: Int { averageBitrate { $0.keyFrameByteCount ?? 0 } }

    /// The peak of the key frames alone, as an I-frame playlist offers them; 0 for sound.
    package var peakKeyFrameBitrate: Int { peakBitrate { $0.keyFrameByteCount ?? 0 } }

    private func averageBitrate(_ size: (Segment) -> Int64) -> Int {
        bitrate(
            bytes: segments.reduce(0) { $0 + size($1) },
            ticks: segments.reduce(0) { $0 + $1.duration })
    }

    private func peakBitrate(_ size: (Segment) -> Int64) -> Int {
        let target = Double(targetDuration) * Double(timescale)
        var peak = 0
        for first in segments.indices {
            var bytes: Int64 = 0
            var ticks: Int64 = 0
            for segment in segments[first...] {
                bytes += size(segment)
                ticks += segment.duration
                if Double(ticks) > 1.5 * target { break }
                if Double(ticks) >= 0.5 * target {
                    peak = max(peak, bitrate(bytes: bytes, ticks: ticks))
                }
            }
        }
        // Shorter than half a target duration altogether: only the average is left.
        return max(peak, averageBitrate(size))
    }

    private func bitrate(bytes: Int64, ticks: Int64) -> Int {
        guard ticks > 0 else { return 0 }
        return Int((Double(bytes) * 8 * Double(timescale) / Double(ticks)).rounded())
    }
}
