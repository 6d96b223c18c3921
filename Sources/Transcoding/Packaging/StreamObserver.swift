import FFmpeg
import MediaModel

/// Follows one stream's packets and keeps what is needed to decode its first and last ones.
final class StreamObserver {
    private let stream: StreamDescription
    private let edge: Int
    private let longestGroup: Int
    private var head: [Packet] = []
    /// From the last key frame on (video), or the last packets (audio).
    private var tail: [Packet] = []
    private var count = 0
    private var start = Double.infinity
    private var end = -Double.infinity
    private var lastStart = -Double.infinity
    private var longest = 0.0
    private var lastDecoded: Double?
    /// Samples that a decoder drops although their times count (MP3: the decoder's delay, padding).
    private var dropped = 0

    init(_ stream: StreamDescription, edge: Int, longestGroup: Int) {
        self.stream = stream
        self.edge = edge
        self.longestGroup = longestGroup
    }

    func see(_ packet: Packet) {
        count += 1
        if let pts = packet.pts {
            let base = packet.timeBase.doubleValue
            start = min(start, Double(pts) * base)
            lastStart = max(lastStart, Double(pts) * base)
            end = max(end, Double(pts + (packet.duration ?? 0)) * base)
            longest = max(longest, Double(packet.duration ?? 0) * base)
        }
        if let skipped = packet.skippedSamples {
            dropped += skipped.end
            // Before the origin they count for nothing anyway.
            if count == 1, packet.pts ?? 0 >= 0 { dropped += skipped.start }
        }
        // libavformat states no durations where decoding and presentation differ.
        if let dts = packet.dts {
            let time = Double(dts) * packet.timeBase.doubleValue
            if let lastDecoded { longest = max(longest, time - lastDecoded) }
            lastDecoded = time
        }
        if head.count < edge { head.append(packet) }
        if stream.mediaType == .video {
            if packet.isKey { tail.removeAll(keepingCapacity: true) }
            if tail.count < longestGroup { tail.append(packet) }
        } else {
            tail.append(packet)
            if tail.count > 2 * edge { tail.removeFirst(edge) }
        }
    }

    var findings: MediaVerifier.Findings {
        let parameters = stream.parameters
        return MediaVerifier.Findings(
            mediaType: stream.mediaType, codecs: parameters.codecString,
            size: PixelSize(width: parameters.width, height: parameters.height),
            sampleRate: parameters.sampleRate,
            channels: parameters.channelLayout?.channelCount ?? 0, packetCount: count,
            startSeconds: count > 0 ? start : 0, endSeconds: count > 0 ? end : 0,
            lastStartSeconds: count > 0 ? lastStart : 0,
            longestPacketSeconds: longest,
            droppedSeconds: Double(dropped) / Double(max(1, parameters.sampleRate)))
    }

    /// Decodes both ends; throws when one gives no picture or sound, or breaks its format.
    func decodeEnds(_ name: String) throws {
        guard count > 0 else { throw MediaVerifier.wrong(name, "an empty stream", "packets") }
        try decode(head, end: "beginning", name)
        try decode(tail, end: "end", name)
    }

    private func decode(_ packets: [Packet], end: String, _ name: String) throws {
        var settings = DecoderSettings()
        settings.explodesOnErrors = true
        var decoder = try Decoder(stream: stream, settings: settings)
        var frames = 0
        for packet in packets.map(Optional.some) + [nil] {
            guard try decoder.send(packet) == .accepted else { continue }
            while case .frame = try decoder.receive() { frames += 1 }
        }
        // Packets of priming give no sound; everything else must give about as many frames.
        guard frames + 2 >= packets.count || frames >= packets.count / 2, frames > 0 else {
            throw MediaVerifier.wrong(
                name, "\(frames) decodable frames at its \(end)", "\(packets.count)")
        }
    }
}
