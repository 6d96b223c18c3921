import FFmpeg
import Glibc
import MediaModel
import Planning

/// Makes the hover preview from the smallest rung's frames: encodes those of the excerpts, one
/// behind the other, into a small MP4. Memory: what the encoder holds. To be used by one thread at
/// a time.
final class HoverBuilder {
    private let plan: HoverPlan
    private let credit: Credit?
    private let scratch: ScratchDirectory
    private let interrupt: Interrupt
    private let scaler: CascadeScaler?
    private let file: Int32
    private var encoder: Encoder
    private var muxer: Muxer
    private var excerpts: ArraySlice<TimeSpan>
    /// Where the excerpt under way began, in the frames' ticks, and where that is in the preview.
    private var began: (source: Int64, output: Int64)?
    /// End of what was encoded, in ticks of the preview.
    private var end: Int64 = 0
    /// How long the last picture is shown, which an MP4 with B-frames does not tell again.
    private var last: Int64 = 0
    private var seen = 0
    private var encoded = 0
    private var durations: [Int64: Int64] = [:]
    private var timeBase: Rational

    private static let working = "hover.working"

    init(
        _ plan: HoverPlan, film: VideoPlan, from size: PixelSize, credit: Credit?,
        scratch: ScratchDirectory, interrupt: Interrupt
    ) throws(Failure) {
        self.plan = plan
        self.credit = credit
        self.scratch = scratch
        self.interrupt = interrupt
        scaler = size == plan.size ? nil : CascadeScaler(to: plan.size)
        excerpts = plan.excerpts[...]
        timeBase = FrameTimeline.timeBase(film)
        let rate = Rational(
            Int32(clamping: film.frameRate.numerator),
            Int32(clamping: film.frameRate.denominator * plan.frameStep))
        var settings = VideoEncoderSettings(
            codec: "libx264", width: plan.size.width, height: plan.size.height, timeBase: timeBase,
            frameRate: rate)
        settings.maxRate = Int64(plan.maximumBitrate.bitsPerSecond)
        settings.bufferSize = Int64(plan.bufferBits)
        settings.profile = "high"
        settings.bitExact = true
        settings.options = ["preset": plan.preset, "crf": "\(plan.crf)"]
        file = try scratch.create(Self.working)
        do throws(FFmpegError) {
            let encoder = try Encoder(video: settings)
            var muxer = try Muxer(format: "mp4", descriptor: file, interrupt: interrupt)
            muxer.setBitExact()
            for (key, value) in ProgressiveWriter.tags(credit) { muxer.setMetadata(key, value) }
            try muxer.addStream(from: encoder)
            try muxer.writeHeader(options: ["movflags": "faststart", "use_editlist": "1"])
            self.encoder = consume encoder
            self.muxer = consume muxer
        } catch {
            close(file)
            throw Failure(error, while: "preparing the hover preview")
        }
    }

    deinit { close(file) }

    /// Sees every frame, in order, with its time and duration.
    func offer(_ frame: Frame) throws(Failure) {
        guard let excerpt = excerpts.first, let pts = frame.pts else { return }
        let base = frame.timeBase.doubleValue
        let seconds = Double(pts) * base
        let duration = frame.duration ?? 1
        // Half a millisecond: multiples are not exact in floating point.
        guard Double(pts + duration) * base > excerpt.startSeconds + 0.0005 else { return }
        let length = Int64(((excerpt.endSeconds - excerpt.startSeconds) / base).rounded())
        if began == nil {
            // One of several excerpts waits for light, up to its own length.
            let mayWait = plan.excerpts.count > 1 && seconds <= excerpt.endSeconds
            if mayWait, FilmAnalyser.isBlack(LumaGrid(frame)) { return }
            began = (pts, end)
            seen = 0
        }
        guard let began else { return }
        let position = pts - began.source
        if position >= length {
            finishExcerpt()
            return
        }
        defer { seen += 1 }
        let shown = min(duration, length - position)
        end = began.output + position + shown
        guard seen % plan.frameStep == 0 else {
            last += shown
            return
        }
        last = shown
        try encode(frame, at: began.output + position, duration: shown)
    }

    /// Ends the file and reads it back; nil when there is nothing to show, or it would be too heavy.
    func finish() throws(Failure) -> Artifact? {
        guard encoded > 0 else { return nil }
        do throws(FFmpegError) {
            _ = try encoder.send(nil)
            try drain()
            try muxer.writeTrailer()
        } catch {
            throw Failure(error, while: "writing the hover preview")
        }
        let seconds = Double(end) * timeBase.doubleValue
        let findings = try MediaVerifier.inspect(
            descriptor: file, name: plan.output.name, format: "mov", interrupt: interrupt)
        try verify(findings, seconds: seconds)
        let adopted = try scratch.adopt(
            Self.working, stem: plan.output.name, fileExtension: "mp4")
        guard adopted.byteCount <= plan.byteLimit else {
            try scratch.remove(adopted.path)
            return nil
        }
        var description = DerivativeDescription(
            role: plan.output.role, name: plan.output.name, mediaType: "video/mp4",
            key: plan.output.key, reason: plan.output.reason)
        description.width = plan.size.width
        description.height = plan.size.height
        description.durationSeconds = seconds
        description.codecs = findings.first?.codecs
        if seconds > 0 {
            description.bitrate = Int((Double(adopted.byteCount) * 8 / seconds).rounded())
        }
        return Artifact(description: description, file: adopted)
    }

    private func finishExcerpt() {
        excerpts.removeFirst()
        began = nil
    }

    private func verify(
        _ findings: [MediaVerifier.Findings], seconds: Double
    ) throws(Failure) {
        let name = plan.output.name
        guard let picture = findings.first, findings.count == 1 else {
            throw MediaVerifier.wrong(name, "\(findings.count) streams", "1")
        }
        guard picture.size == plan.size, picture.codecs?.hasPrefix("avc1.") == true else {
            throw MediaVerifier.wrong(
                name, "\(picture.codecs ?? "no codec") at \(picture.size)", "H.264 at \(plan.size)")
        }
        guard picture.packetCount == encoded else {
            throw MediaVerifier.wrong(name, "\(picture.packetCount) pictures", "\(encoded)")
        }
        let shown = max(picture.longestPacketSeconds, Double(last) * timeBase.doubleValue)
        guard abs(picture.endSeconds - seconds) <= shown + 0.002 else {
            throw MediaVerifier.wrong(name, "an end at \(picture.endSeconds) s", "\(seconds) s")
        }
    }

    private func encode(_ frame: Frame, at pts: Int64, duration: Int64) throws(Failure) {
        let small: Frame
        if let scaler { small = try scaler.scale(frame) } else { small = try copy(frame) }
        small.pts = pts
        small.duration = duration
        durations[pts] = duration * Int64(plan.frameStep)
        encoded += 1
        do throws(FFmpegError) {
            while try encoder.send(small) == .again { try drain() }
            try drain()
        } catch {
            throw Failure(error, while: "encoding the hover preview")
        }
    }

    /// Another reference with its own time: the frame itself belongs to others too.
    private func copy(_ frame: Frame) throws(Failure) -> Frame {
        do throws(FFmpegError) {
            return try frame.ref()
        } catch {
            throw Failure(error, while: "encoding the hover preview")
        }
    }

    private func drain() throws(FFmpegError) {
        while case .packet(let packet) = try encoder.receive() {
            if let pts = packet.pts { packet.duration = durations.removeValue(forKey: pts) }
            try muxer.write(packet, stream: 0)
        }
    }
}
