import FFmpeg
import Glibc
import MediaModel
import Planning

/// One pass over a container's packets: times of all of them, pictures and sounds of the first.
final class StreamScan {
    /// What the pass found, by stream index.
    struct Evidence {
        var packets: [Int: PacketLog] = [:]
        /// The first frame that decoded.
        var frames: [Int: Frame] = [:]
        var warnings: [MediaWarning] = []
        /// The last thing a decoder or the demuxer complained about.
        var lastError: FFmpegError?
    }

    let streams: [StreamDescription]
    let tags: [String: String]
    let chapters: [Chapter]
    private let formatName: String
    private let headerDuration: Double?
    private var demuxer: DemuxerBox
    private let limits: Limits

    /// Packets given to a decoder that has not answered yet; more would only hide that it never
    /// will. Two seconds of film at 60 frames per second.
    private static let decodeAttempts = 120

    init(
        descriptor: Int32, demuxer name: String, limits: Limits, interrupt: Interrupt
    ) throws(FFmpegError) {
        var settings = DemuxerSettings()
        settings.maxStreams = limits.streams
        settings.analyzeDuration = Double(limits.analysisSeconds)
        let demuxer = try Demuxer(
            descriptor: descriptor, format: name, settings: settings, interrupt: interrupt)
        streams = demuxer.streams
        tags = demuxer.metadata
        chapters = demuxer.chapters
        formatName = demuxer.formatName
        headerDuration = demuxer.duration?.seconds
        self.demuxer = DemuxerBox(demuxer)
        self.limits = limits
    }

    /// Reads to the end.
    /// - Parameters:
    ///   - indices: streams whose first frame is wanted.
    ///   - delays: how much later than libavformat says a stream is shown, in seconds.
    func run(decoding indices: [Int], delays: [Int: Double] = [:]) throws(Failure) -> Evidence {
        var evidence = Evidence()
        var decoders: [Int: FirstFrame] = [:]
        for index in indices {
            evidence.packets[index] = PacketLog(stream: streams[index], formatName: formatName)
            decoders[index] = FirstFrame(streams[index], limits: limits)
        }
        // Subtitles are only followed to where they end.
        for stream in streams
        where !indices.contains(stream.index) && stream.mediaType != .subtitle {
            demuxer.value.discard(.all, stream: stream.index)
        }
        var clock = ClockRepair(formatName: formatName)
        var textEnd = 0.0
        let packet = Packet()
        var ended = false
        while !ended {
            do throws(FFmpegError) {
                ended = try !demuxer.value.read(into: packet)
            } catch {
                if error.code == .interrupted { throw ProbeFailure.interrupted() }
                // What was read so far stands; the missing rest is said.
                evidence.lastError = error
                evidence.warnings.append(Self.truncated("reading ended early: \(error.code)"))
                break
            }
            guard !ended else { break }
            let index = packet.streamIndex
            let isText = streams[index].mediaType == .subtitle
            clock.apply(to: packet, isContinuous: !isText)
            if isText {
                let end = Double(packet.pts ?? 0) + Double(packet.duration ?? 0)
                textEnd = max(textEnd, end * packet.timeBase.doubleValue)
                continue
            }
            if let delay = delays[index], delay > 0 { packet.delay(by: delay) }
            evidence.packets[index]?.add(packet)
            if let decoder = decoders[index], !decoder.isDone {
                decoder.offer(packet, attempts: Self.decodeAttempts)
            }
        }
        if clock.hasJoined { evidence.warnings.append(Self.joined) }
        for (index, decoder) in decoders {
            decoder.end()
            evidence.frames[index] = decoder.frame
            if decoder.frame == nil, let error = decoder.error { evidence.lastError = error }
        }
        let isTruncated = evidence.warnings.contains { $0.code == "truncatedSource" }
        if !isTruncated, let warning = missingData(evidence, textEnd) {
            evidence.warnings.append(warning)
        }
        return evidence
    }

    /// Compares what the index promises with what was there.
    ///
    /// - Parameter textEnd: where the last subtitle ends, in seconds.
    private func missingData(_ evidence: Evidence, _ textEnd: Double) -> MediaWarning? {
        for (index, log) in evidence.packets {
            let (found, stream) = (log.total, streams[index])
            // Uncompressed sound is counted by samples, and read by thousands of them.
            let isLong =
                stream.mediaType == .audio
                && Double(log.totalDuration) >= Double(stream.duration ?? .max) * 0.99 - 1
            if let promised = stream.frameCount, formatName.hasPrefix("mov"), !isLong,
                Double(found) < Double(promised) * 0.99 - 1
            {
                return Self.truncated(
                    "\(found) of \(promised) packets of stream \(index) are there")
            }
            if log.endsCorrupt { return Self.truncated("the last packet is cut off") }
        }
        // Matroska writes its duration last, when everything else is there. What is not followed
        // (data) may outlast the rest a little, so half a second and a twentieth are let pass.
        let ends = evidence.packets.values.compactMap { PacketTimeline($0)?.endSeconds }
        if formatName.hasPrefix("matroska"), let headerDuration, let end = ends.max(),
            max(end, textEnd) < headerDuration * 0.95 - 0.5
        {
            return Self.truncated("it ends after \(Int(end)) of \(Int(headerDuration)) seconds")
        }
        return nil
    }

    private static let joined = MediaWarning(
        code: "clockRestarted",
        message: "The upload's clock starts anew in mid-file; its parts were joined.")

    private static func truncated(_ detail: String) -> MediaWarning {
        MediaWarning(
            code: "truncatedSource",
            message: "The upload is incomplete (\(detail)); what is there was processed.")
    }
}

/// A demuxer where a class can keep it.
final class DemuxerBox {
    var value: Demuxer
    init(_ value: consuming Demuxer) { self.value = value }
}
