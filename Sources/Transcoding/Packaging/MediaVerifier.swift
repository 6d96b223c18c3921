package import FFmpeg
package import MediaModel

/// Reads a finished file back as a stranger would: what is in it, how long, and whether both ends
/// decode.
package enum MediaVerifier {
    /// What reading one stream found.
    package struct Findings: Sendable {
        package var mediaType: MediaType
        package var codecs: String?
        package var size: PixelSize
        /// In hertz.
        package var sampleRate: Int
        package var channels: Int
        package var packetCount: Int
        /// First presented moment and end of the last packet, in seconds.
        package var startSeconds: Double
        package var endSeconds: Double
        /// Where the packet that is presented last begins, in seconds.
        package var lastStartSeconds: Double
        package var longestPacketSeconds: Double
        /// What decoders drop at both ends of what lies behind the origin.
        package var droppedSeconds: Double
    }

    /// Packets at each end that are decoded: enough for a decoder's delay.
    private static let edge = 24
    /// The most packets kept while waiting to see whether they are the last ones: a group of
    /// pictures of 10 s at 60 frames per second.
    private static let longestGroup = 600

    /// Demuxes a whole file and decodes both ends of every stream.
    ///
    /// - Parameter name: what it is called in failures.
    package static func inspect(
        descriptor: Int32, name: String, format: String, interrupt: Interrupt
    ) throws(Failure) -> [Findings] {
        do {
            var demuxer = try Demuxer(
                descriptor: descriptor, format: format,
                settings: DemuxerSettings(displayName: name), interrupt: interrupt)
            let observers = demuxer.streams.map {
                StreamObserver($0, edge: edge, longestGroup: longestGroup)
            }
            while case .packet(let packet) = try demuxer.read() {
                observers[packet.streamIndex].see(packet)
            }
            var all: [Findings] = []
            for observer in observers {
                try observer.decodeEnds(name)
                all.append(observer.findings)
            }
            return all
        } catch let error as FFmpegError {
            if error.code == .interrupted { throw .interrupted(while: "verifying \(name)") }
            throw .internalError(code: "verification", "\(name) cannot be read back: \(error)")
        } catch let failure as Failure {
            throw failure
        } catch {
            throw .internalError(code: "verification", "\(name) cannot be read back: \(error)")
        }
    }

    /// Compares a file with the tracks it was made from: same codecs, every packet, same times.
    package static func check(
        _ findings: [Findings], against tracks: [SegmentedTrack], name: String
    ) throws(Failure) {
        guard findings.count == tracks.count else {
            throw wrong(name, "\(findings.count) streams", "\(tracks.count)")
        }
        for (found, track) in zip(findings, tracks) {
            guard found.codecs == track.codecs else {
                throw wrong(name, "codec \(found.codecs ?? "unknown")", track.codecs)
            }
            guard found.packetCount == track.packetCount else {
                throw wrong(name, "\(found.packetCount) packets", "\(track.packetCount)")
            }
            // One tick of MP4's movie timescale (1 ms) and one of rounding.
            let tolerance = 0.002 + tickTolerance(track)
            guard abs(max(0, found.startSeconds) - track.startSeconds) <= tolerance else {
                throw wrong(name, "a start at \(found.startSeconds) s", "\(track.startSeconds) s")
            }
            // Pictures of varying duration are stored with the distances of their decoding times, so
            // the end is known to one picture only: any, or the last, which may be held long.
            let held = track.seconds(track.lastPictureDuration ?? 0)
            let picture = found.mediaType == .video ? max(found.longestPacketSeconds, held) : 0
            guard abs(found.endSeconds - track.endSeconds) <= tolerance + picture else {
                throw wrong(name, "an end at \(found.endSeconds) s", "\(track.endSeconds) s")
            }
        }
    }

    private static func tickTolerance(_ track: SegmentedTrack) -> Double { 2 * track.seconds(1) }

    /// The one way a deviation is reported.
    static func wrong(_ name: String, _ found: String, _ expected: String) -> Failure {
        .internalError(
            code: "verification", "\(name) was read back and has \(found), expected \(expected)")
    }
}
