import FFmpeg
import MediaModel
import Planning

/// Encodes one rung and writes it as segments.
///
/// To be used by one thread at a time.
final class RungEncoder {
    private var encoder: EncoderBox
    private let writer: SegmentWriter
    private let rung: VideoRung
    private let scratch: ScratchDirectory
    private let settings: VideoEncoderSettings
    /// What the first encoder put into the track's header; every further one must agree.
    private let header: [UInt8]
    private var hasFrames = false
    private let quality = QualityMeter()
    /// Durations of frames inside the encoder, by time: it gives packets back in another order.
    private var durations: [Int64: Int64] = [:]
    private var segmentStarts: Set<Int64> = []
    /// Times of frames that are shown once more, and how far the first frame was decoded ahead.
    private var heldTimes: Set<Int64> = []
    private var lead: Int64?
    /// End of the latest packet written, in seconds from the origin.
    private(set) var encodedSeconds = 0.0

    init(_ rung: VideoRung, plan: VideoPlan, scratch: ScratchDirectory) throws(Failure) {
        self.rung = rung
        self.scratch = scratch
        settings = VideoEncoderSettings(rung, plan: plan)
        encoder = try Self.open(settings, rung)
        header = encoder.value.extradata
        writer = try SegmentWriter(
            SegmentWriter.Track(
                output: rung.output, parameters: encoder.value.parameters,
                timeBase: encoder.value.timeBase, frameRate: plan.frameRate),
            scratch: scratch)
    }

    private static func open(
        _ settings: VideoEncoderSettings, _ rung: VideoRung
    ) throws(Failure) -> EncoderBox {
        do throws(FFmpegError) {
            return EncoderBox(try Encoder(video: settings))
        } catch {
            throw Failure(error, while: "opening the encoder of \(rung.output.name)")
        }
    }

    func encode(_ frame: TimedFrame) throws(Failure) {
        if frame.startsSegment, hasFrames, !settings.forcesKeyFrames { try startAnew() }
        hasFrames = true
        quality.offer(frame)
        if let pts = frame.frame.pts {
            durations[pts] = frame.frame.duration
            if frame.startsSegment { segmentStarts.insert(pts) }
            if frame.isHeld { heldTimes.insert(pts) }
        }
        while try send(frame.frame, forcingKeyFrame: frame.startsSegment) == .again {
            try receive()
        }
        try receive()
    }

    /// - Parameter interrupt: ends the reading back of the frames whose quality is measured.
    func finish(_ interrupt: Interrupt) throws(Failure) -> SegmentedTrack {
        _ = try send(nil, forcingKeyFrame: false)
        try receive()
        var track = try writer.finish()
        track.quality = try quality.measure(track, scratch: scratch, interrupt: interrupt)
        return track
    }

    /// Another encoder for the next segment: its first picture is a key frame in any case.
    private func startAnew() throws(Failure) {
        _ = try send(nil, forcingKeyFrame: false)
        try receive()
        encoder = try Self.open(settings, rung)
        guard encoder.value.extradata == header else {
            throw .internalError(
                code: "media", "\(rung.output.name): the encoder changed its header midway")
        }
    }

    private func send(_ frame: Frame?, forcingKeyFrame: Bool) throws(Failure) -> SendResult {
        do throws(FFmpegError) {
            return try encoder.value.send(frame, forcingKeyFrame: forcingKeyFrame)
        } catch {
            throw Failure(error, while: "encoding \(rung.output.name)")
        }
    }

    private func receive() throws(Failure) {
        while true {
            let packet: Packet
            do throws(FFmpegError) {
                guard case .packet(let next) = try encoder.value.receive() else { return }
                packet = next
            } catch {
                throw Failure(error, while: "encoding \(rung.output.name)")
            }
            guard let pts = packet.pts else {
                throw .internalError(
                    code: "media", "\(rung.output.name): the encoder gave a packet without a time")
            }
            packet.duration = durations.removeValue(forKey: pts) ?? packet.duration
            decodeInTime(packet, pts)
            let starts = segmentStarts.remove(pts) != nil
            guard packet.isKey || !starts else {
                throw .internalError(
                    code: "media",
                    "\(rung.output.name): no key frame at \(pts) where a segment begins")
            }
            try writer.write(packet, startsSegment: starts)
            let end = Double(pts + (packet.duration ?? 0)) * packet.timeBase.doubleValue
            encodedSeconds = max(encodedSeconds, end)
        }
    }
}

extension RungEncoder {
    /// Encoders of reordered frames count decoding times by frames before: of one in each segment, that is
    /// seconds too early, and the last one would seem to be shown for as much longer.
    private func decodeInTime(_ packet: Packet, _ pts: Int64) {
        guard let dts = packet.dts else { return }
        let lead = lead ?? pts - dts
        self.lead = lead
        if heldTimes.remove(pts) != nil { packet.dts = max(dts, pts - lead) }
    }
}

/// A frame on its way to the encoders; nobody changes it any more.
struct TimedFrame: Sendable {
    /// Time and duration in the output's base.
    let frame: Frame
    /// Every rung begins a segment here.
    let startsSegment: Bool
    /// The frame before once more, see `VideoPlan.heldUntilSeconds`.
    var isHeld = false
}

/// An encoder where a class can keep it.
private final class EncoderBox {
    var value: Encoder
    init(_ value: consuming Encoder) { self.value = value }
}
