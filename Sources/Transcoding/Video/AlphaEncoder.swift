import FFmpeg
import Glibc
import MediaModel
import Planning

/// Encodes the film with its transparency: VP9 in WebM, the alpha plane beside the picture as
/// browsers expect it. Memory: what the encoder looks ahead. To be used by one thread at a time.
final class AlphaEncoder {
    private let plan: AlphaPlan
    private let scratch: ScratchDirectory
    private let interrupt: Interrupt
    private let file: Int32
    private let normaliser: PictureNormaliser
    private var spacing: FrameSpacing
    private var encoder: Encoder
    private var muxer: Muxer
    private var durations: [Int64: Int64] = [:]
    private var encoded = 0

    private static let working = "alpha.working"
    /// Two of WebM's milliseconds, in seconds: one for rounding at each end.
    private static let tick = 0.002

    init(
        _ plan: AlphaPlan, film: VideoPlan, credit: Credit?, scratch: ScratchDirectory,
        interrupt: Interrupt
    ) throws(Failure) {
        self.plan = plan
        self.scratch = scratch
        self.interrupt = interrupt
        normaliser = PictureNormaliser(
            film.picture, output: plan.size, rate: film.sourceFrameRate, keepsAlpha: true,
            threads: 1)
        // It has no sound.
        spacing = FrameSpacing(film, isHeld: false)
        var settings = VideoEncoderSettings(
            codec: "libvpx-vp9", width: plan.size.width, height: plan.size.height,
            pixelFormat: .yuva420p, timeBase: FrameTimeline.timeBase(film),
            frameRate: Rational(
                Int32(clamping: film.frameRate.numerator),
                Int32(clamping: film.frameRate.denominator)))
        // 0: nothing but quality governs the size.
        settings.bitRate = 0
        settings.bitExact = true
        settings.gopSize = max(1, Int(plan.keyFrameSeconds * film.frameRate.value))
        settings.options = [
            "crf": "\(plan.crf)", "deadline": "good", "cpu-used": "5", "row-mt": "1",
            // libvpx does not take transparency together with frames that are never shown.
            "auto-alt-ref": "0",
        ]
        file = try scratch.create(Self.working)
        do throws(FFmpegError) {
            let encoder = try Encoder(video: settings)
            var muxer = try Muxer(format: "webm", descriptor: file, interrupt: interrupt)
            muxer.setBitExact()
            for (key, value) in ProgressiveWriter.tags(credit) { muxer.setMetadata(key, value) }
            try muxer.addStream(from: encoder, metadata: ["alpha_mode": "1"])
            try muxer.writeHeader()
            self.encoder = consume encoder
            self.muxer = consume muxer
        } catch {
            close(file)
            throw Failure(error, while: "preparing the alpha rendition")
        }
    }

    deinit { close(file) }

    /// Takes a decoded frame that nobody else holds, in order.
    func offer(_ frame: Frame) throws(Failure) {
        for ready in try normaliser.push(frame) { try encode(spacing.next(ready)) }
    }

    /// Ends the file and reads it back.
    func finish() throws(Failure) -> Artifact {
        for ready in try normaliser.finish() { try encode(spacing.next(ready)) }
        for last in try spacing.last() { try encode(last) }
        do throws(FFmpegError) {
            _ = try encoder.send(nil)
            try drain()
            try muxer.writeTrailer()
        } catch {
            throw Failure(error, while: "writing the alpha rendition")
        }
        let findings = try MediaVerifier.inspect(
            descriptor: file, name: plan.output.name, format: "matroska", interrupt: interrupt)
        try verify(findings)
        let adopted = try scratch.adopt(
            Self.working, stem: plan.output.name, fileExtension: "webm")
        var description = DerivativeDescription(
            role: plan.output.role, name: plan.output.name, mediaType: "video/webm",
            key: plan.output.key, reason: plan.output.reason)
        description.width = plan.size.width
        description.height = plan.size.height
        description.durationSeconds = spacing.endSeconds
        description.codecs = findings.first?.codecs
        if spacing.endSeconds > 0 {
            description.bitrate = Int(
                (Double(adopted.byteCount) * 8 / spacing.endSeconds).rounded())
        }
        return Artifact(description: description, file: adopted)
    }

    private func encode(_ timed: TimedFrame?) throws(Failure) {
        guard let frame = timed?.frame else { return }
        if let pts = frame.pts { durations[pts] = frame.duration }
        do throws(FFmpegError) {
            while try encoder.send(frame) == .again { try drain() }
            try drain()
        } catch {
            throw Failure(error, while: "encoding the alpha rendition")
        }
    }

    private func drain() throws(FFmpegError) {
        while case .packet(let packet) = try encoder.receive() {
            if let pts = packet.pts { packet.duration = durations.removeValue(forKey: pts) }
            encoded += 1
            try muxer.write(packet, stream: 0)
        }
    }

    private func verify(_ findings: [MediaVerifier.Findings]) throws(Failure) {
        let name = plan.output.name
        guard let picture = findings.first, findings.count == 1, picture.size == plan.size else {
            throw MediaVerifier.wrong(
                name, "\(findings.map { "\($0.size)" })", "one picture of \(plan.size)")
        }
        guard picture.packetCount == encoded, encoded == spacing.count else {
            throw MediaVerifier.wrong(
                name, "\(picture.packetCount) pictures", "\(spacing.count)")
        }
        // WebM counts in milliseconds, and stores no duration of a picture: the last one begins where it
        // should, and ends where the file says that it does.
        let lastStart = spacing.endSeconds - spacing.lastSeconds
        guard abs(picture.lastStartSeconds - lastStart) <= Self.tick else {
            throw MediaVerifier.wrong(
                name, "a last picture at \(picture.lastStartSeconds) s", "\(lastStart) s")
        }
        let file: (endSeconds: Double, showsAlpha: Bool)
        do throws(FFmpegError) {
            file = try readBack()
        } catch {
            throw .internalError(code: "verification", "\(name) cannot be read back: \(error)")
        }
        guard abs(file.endSeconds - spacing.endSeconds) <= Self.tick else {
            throw MediaVerifier.wrong(
                name, "an end at \(file.endSeconds) s", "\(spacing.endSeconds) s")
        }
        guard file.showsAlpha else {
            throw MediaVerifier.wrong(name, "no transparency", "an alpha channel")
        }
    }

    /// Where the file says that it ends, and whether its first picture has transparency.
    ///
    /// FFmpeg's own VP9 decoder passes over alpha; libvpx's does not.
    private func readBack() throws(FFmpegError) -> (endSeconds: Double, showsAlpha: Bool) {
        var demuxer = try Demuxer(descriptor: file, format: "matroska", interrupt: interrupt)
        let end = demuxer.duration?.seconds ?? 0
        guard let stream = demuxer.streams.first else { return (end, false) }
        var settings = DecoderSettings()
        settings.name = "libvpx-vp9"
        var decoder = try Decoder(stream: stream, settings: settings)
        while case .packet(let packet) = try demuxer.read() {
            _ = try decoder.send(packet)
            if case .frame(let frame) = try decoder.receive() {
                return (end, frame.pixelFormat?.hasAlpha == true)
            }
        }
        return (end, false)
    }
}
