import FFmpeg
import Foundation
import Glibc
import MediaModel
import Planning

/// Reads a finished track's packets back, segment by segment, through a demuxer.
///
/// Each segment is put behind the header into one temporary file in scratch, so that neither memory
/// nor scratch ever holds more than one segment twice.
struct SegmentReader: ~Copyable {
    let track: SegmentedTrack
    private let scratch: ScratchDirectory
    private let interrupt: Interrupt
    private let temporary: String
    /// Segment that the demuxer reads, and the packet it gave last.
    private var segment = 0
    private var demuxer: Demuxer?
    private var ahead: Packet?
    private var aheadSegment = 0
    private var firstTimes: (pts: Int64, dts: Int64)?

    /// The track as its header describes it.
    let stream: StreamDescription

    /// Opens the first segment.
    init(
        _ track: SegmentedTrack, scratch: ScratchDirectory, interrupt: Interrupt
    ) throws(Failure) {
        self.track = track
        self.scratch = scratch
        self.interrupt = interrupt
        temporary = "\(track.output.name).read"
        let demuxer = try Self.open(0, of: track, temporary, scratch, interrupt)
        guard let stream = demuxer.streams.first, demuxer.streams.count == 1 else {
            throw .internalError(
                code: "verification", "\(track.initialization.path) holds not exactly one track")
        }
        self.stream = stream
        self.demuxer = consume demuxer
    }

    /// The next packet in decoding order and its segment, with the header's edit list applied; nil
    /// at the end.
    ///
    /// Its duration is the distance to the next decoding time. For the last packet that is what is
    /// left of the track: FFmpeg's demuxer forgets the duration that the last fragment states.
    mutating func next() throws(Failure) -> (packet: Packet, segment: Int)? {
        if firstTimes == nil {
            ahead = try read()
            if let pts = ahead?.pts, let dts = ahead?.dts { firstTimes = (pts, dts) }
        }
        guard let packet = ahead else { return nil }
        let from = aheadSegment
        ahead = try read()
        if let dts = packet.dts {
            packet.duration = max(1, (ahead?.dts ?? end(packet)) - dts)
        }
        return (packet, from)
    }

    /// Decoding times of a track span what its presentation spans.
    private func end(_ packet: Packet) -> Int64 {
        guard let firstTimes, let last = track.segments.last else { return 0 }
        let end = packet.timeBase.rescale(
            last.start + last.duration, from: Rational(1, track.timescale))
        return end - firstTimes.pts + firstTimes.dts
    }

    private mutating func read() throws(Failure) -> Packet? {
        while true {
            let packet = Packet()
            do {
                if try demuxer?.read(into: packet) == true {
                    aheadSegment = segment
                    return packet
                }
            } catch {
                throw Failure(error, while: "reading \(track.segments[segment].file.path)")
            }
            demuxer = nil
            guard segment + 1 < track.segments.count else { return nil }
            segment += 1
            demuxer = try Self.open(segment, of: track, temporary, scratch, interrupt)
        }
    }

    private static func open(
        _ index: Int, of track: SegmentedTrack, _ temporary: String, _ scratch: ScratchDirectory,
        _ interrupt: Interrupt
    ) throws(Failure) -> Demuxer {
        let descriptor = try scratch.create(temporary)
        // The name goes at once; the descriptor keeps the bytes until the demuxer is done.
        try scratch.remove(temporary)
        let path = track.segments[index].file.path
        do {
            for part in [track.initialization.path, path] {
                try scratch.append(part, to: descriptor)
            }
        } catch {
            close(descriptor)
            throw error
        }
        do {
            return try Demuxer(
                descriptor: descriptor, ownership: .owned, format: "mov",
                settings: DemuxerSettings(displayName: path), interrupt: interrupt)
        } catch {
            throw Failure(error, while: "reading \(path)")
        }
    }
}

extension ScratchDirectory {
    /// Copies a whole file behind what was already written to an open one.
    fileprivate func append(_ path: String, to descriptor: Int32) throws(Failure) {
        let source = try open(path)
        let input = FileHandle(fileDescriptor: source, closeOnDealloc: true)
        let output = FileHandle(fileDescriptor: descriptor, closeOnDealloc: false)
        do {
            while let data = try input.read(upToCount: 1 << 20), !data.isEmpty {
                try output.write(contentsOf: data)
            }
        } catch {
            throw .io(code: "scratch", "could not copy \(path) in the scratch directory: \(error)")
        }
    }
}
