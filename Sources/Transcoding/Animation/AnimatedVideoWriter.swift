import FFmpeg
import Glibc
import MediaModel
import Planning

/// Encodes an animation as H.264 in MP4, each frame shown for exactly as long as it should be.
///
/// Frames have their own times, in milliseconds. There are no B-frames: with frames of different
/// length, MP4 would store the order of decoding exactly and the times shown only nearly, and a loop
/// would begin late. Memory: what the encoder looks ahead.
final class AnimatedVideoWriter {
    private let plan: AnimationPlan.Video
    private let scratch: ScratchDirectory
    private let interrupt: Interrupt
    private let file: Int32
    private let matte: [Int]
    private var scaler: Scaler
    private var encoder: Encoder
    private var muxer: Muxer
    private var time: Int64 = 0
    private var delays: [Int64] = []
    private var written = 0

    private static let milliseconds = Rational(1, 1000)

    static func workingName(_ plan: AnimationPlan.Video) -> String { "\(plan.output.name).working" }

    init(
        _ plan: AnimationPlan.Video, credit: Credit?, scratch: ScratchDirectory,
        interrupt: Interrupt
    ) throws(Failure) {
        self.plan = plan
        self.scratch = scratch
        self.interrupt = interrupt
        matte = HexColor.channels(plan.matte)
        scaler = Scaler(
            width: plan.size.width, height: plan.size.height, pixelFormat: .yuv420p, color: .bt709)
        var settings = VideoEncoderSettings(
            codec: "libx264", width: plan.size.width, height: plan.size.height,
            timeBase: Self.milliseconds)
        settings.maxBFrames = 0
        settings.profile = "high"
        settings.level = "\(plan.level / 10).\(plan.level % 10)"
        settings.bitExact = true
        settings.threads = plan.threads
        settings.options = ["preset": plan.preset, "crf": "\(plan.crf)"]
        file = try scratch.create(Self.workingName(plan))
        do throws(FFmpegError) {
            let encoder = try Encoder(video: settings)
            var muxer = try Muxer(format: "mp4", descriptor: file, interrupt: interrupt)
            muxer.setBitExact()
            for (key, value) in ProgressiveWriter.tags(credit) { muxer.setMetadata(key, value) }
            try muxer.addStream(from: encoder)
            try muxer.writeHeader(options: ["movflags": "faststart"])
            self.encoder = consume encoder
            self.muxer = consume muxer
        } catch {
            close(file)
            throw Failure(error, while: "preparing \(plan.output.name)")
        }
    }

    deinit { close(file) }

    /// Takes the next picture and how long it is shown, in milliseconds.
    func write(_ picture: PackedFrame, delay: Int) throws(Failure) {
        do throws(FFmpegError) {
            let frame = try scaler.scale(try flattened(picture))
            frame.timeBase = Self.milliseconds
            frame.pts = time
            frame.duration = Int64(delay)
            delays.append(Int64(delay))
            time += Int64(delay)
            while try encoder.send(frame) == .again { try drain() }
            try drain()
        } catch {
            throw Failure(error, while: "encoding \(plan.output.name)")
        }
    }

    /// Ends the file and reads it back; it stays under its working name.
    ///
    /// - Returns: its size in bytes, and what it is.
    func finish() throws(Failure) -> (byteCount: Int64, description: DerivativeDescription) {
        do throws(FFmpegError) {
            _ = try encoder.send(nil)
            try drain()
            try muxer.writeTrailer()
        } catch {
            throw Failure(error, while: "writing \(plan.output.name)")
        }
        let name = plan.output.name
        let findings = try MediaVerifier.inspect(
            descriptor: file, name: name, format: "mov", interrupt: interrupt)
        guard let picture = findings.first, findings.count == 1, picture.size == plan.size,
            picture.codecs?.hasPrefix("avc1.") == true
        else {
            throw MediaVerifier.wrong(
                name, "\(findings.map { "\($0.codecs ?? "no codec") at \($0.size)" })",
                "H.264 at \(plan.size)")
        }
        try verifyTimes()
        let size = try scratch.measure(Self.workingName(plan)).byteCount
        var description = DerivativeDescription(
            role: plan.output.role, name: name, mediaType: "video/mp4", key: plan.output.key,
            reason: plan.output.reason)
        description.width = plan.size.width
        description.height = plan.size.height
        description.durationSeconds = Double(time) / 1000
        description.codecs = picture.codecs
        if time > 0 { description.bitrate = Int(size * 8 * 1000 / time) }
        return (size, description)
    }

    /// Every frame is there, and shown for as long as it should be.
    private func verifyTimes() throws(Failure) {
        var found: [Int64] = []
        do throws(FFmpegError) {
            var demuxer = try Demuxer(descriptor: file, format: "mov", interrupt: interrupt)
            while case .packet(let packet) = try demuxer.read() {
                packet.rescale(to: Self.milliseconds)
                found.append(packet.duration ?? 0)
            }
        } catch {
            throw Failure(error, while: "verifying \(plan.output.name)")
        }
        guard found == delays else {
            let first = zip(found, delays).enumerated().first { $1.0 != $1.1 }
            throw MediaVerifier.wrong(
                plan.output.name,
                first.map { "\($1.0) ms for frame \($0)" } ?? "\(found.count) frames",
                first.map { "\($1.1) ms" } ?? "\(delays.count)")
        }
    }

    private func drain() throws(FFmpegError) {
        while case .packet(let packet) = try encoder.receive() {
            // libavcodec 59 drops durations on the way; without B-frames the order stays.
            packet.duration = written < delays.count ? delays[written] : nil
            written += 1
            try muxer.write(packet, stream: 0)
        }
    }

    /// On the matte, with the last column and row repeated up to the even size: nothing is scaled.
    private func flattened(_ picture: PackedFrame) throws(FFmpegError) -> Frame {
        let frame = try Frame(
            width: plan.size.width, height: plan.size.height, pixelFormat: .rgb24)
        let (red, green, blue) = (matte[0], matte[1], matte[2])
        let pixels = picture.pixels.span
        func mix(_ value: UInt8, _ under: Int, _ alpha: Int) -> UInt8 {
            UInt8((Int(value) * alpha + under * (255 - alpha) + 127) / 255)
        }
        frame.withMutablePlane(0) { bytes, lineSize in
            for y in 0..<plan.size.height {
                let row = min(y, picture.height - 1) * picture.width
                for x in 0..<plan.size.width {
                    let from = (row + min(x, picture.width - 1)) * 4
                    let to = y * lineSize + x * 3
                    let alpha = Int(pixels[from + 3])
                    if alpha == 255 {
                        bytes[to] = pixels[from]
                        bytes[to + 1] = pixels[from + 1]
                        bytes[to + 2] = pixels[from + 2]
                        continue
                    }
                    bytes[to] = mix(pixels[from], red, alpha)
                    bytes[to + 1] = mix(pixels[from + 1], green, alpha)
                    bytes[to + 2] = mix(pixels[from + 2], blue, alpha)
                }
            }
        }
        // The numbers of sRGB with BT.709's labels, as every player takes them.
        frame.color = ColorDescription(
            primaries: "bt709", transfer: "bt709", matrix: "gbr", range: "pc")
        return frame
    }
}
