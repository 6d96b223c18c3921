import FFmpeg
import MediaModel
import Planning

/// Turns packets into frames that have their place in the output's time.
///
/// Damaged packets are counted and passed over. To be used by one thread at a time.
final class FrameSource {
    /// What went wrong without ending the work.
    private(set) var damagedPackets = 0
    private(set) var decodedFrames = 0
    private(set) var lastError: FFmpegError?
    private(set) var hasClosedCaptions = false
    var repairs: FrameTimeline.Repairs { timeline.repairs }
    private var decoder: DecoderBox
    private var timeline: FrameTimeline
    /// Where only decoding times are written (AVI): those that no frame has got yet. The first frame
    /// shown gets the first of them, whatever the order of decoding.
    private var decodingTimes: [Int64] = []
    private var hasPresentationTimes = false
    /// More than any decoder and its threads hold.
    private static let mostDecodingTimes = 64

    init(_ plan: VideoPlan, stream: StreamDescription, threads: Int) throws(Failure) {
        timeline = FrameTimeline(plan)
        var settings = DecoderSettings(threads: threads)
        settings.name = plan.decoder
        do throws(FFmpegError) {
            decoder = DecoderBox(try Decoder(stream: stream, settings: settings))
        } catch {
            throw Failure(error, while: "opening the decoder of \(stream.codecName)")
        }
    }

    /// - Parameter packet: nil = there are no more.
    /// - Returns: frames to show, in order, timestamps in the timeline's base.
    func decode(_ packet: Packet?) -> [Frame] {
        var frames: [Frame] = []
        note(packet)
        while true {
            var result = SendResult.accepted
            do throws(FFmpegError) {
                result = try decoder.value.send(packet)
            } catch {
                if !decodingTimes.isEmpty { decodingTimes.removeLast() }
                damagedPackets += 1
                lastError = error
            }
            receive(into: &frames)
            // The decoder was full: what it gave back has made room.
            guard result == .again else { return frames }
        }
    }

    private func note(_ packet: Packet?) {
        if packet?.pts != nil { hasPresentationTimes = true }
        guard !hasPresentationTimes, let time = packet?.dts else {
            if hasPresentationTimes { decodingTimes = [] }
            return
        }
        decodingTimes.append(time)
        if decodingTimes.count > Self.mostDecodingTimes { decodingTimes.removeFirst() }
    }

    private func receive(into frames: inout [Frame]) {
        while true {
            do throws(FFmpegError) {
                guard case .frame(let frame) = try decoder.value.receive() else { return }
                decodedFrames += 1
                if frame.isCorrupt { damagedPackets += 1 }
                if frame.hasClosedCaptions { hasClosedCaptions = true }
                if !decodingTimes.isEmpty { frame.pts = decodingTimes.removeFirst() }
                guard let ticks = timeline.place(frame.pts, frame.timeBase) else { continue }
                frame.pts = ticks
                frame.timeBase = timeline.timeBase
                frame.duration = nil
                frames.append(frame)
            } catch {
                damagedPackets += 1
                lastError = error
                // Some decoders report the error of a frame here, and go on with the next call;
                // one that does so for ever is at its end.
                if error.code != .invalidData { return }
            }
        }
    }
}
