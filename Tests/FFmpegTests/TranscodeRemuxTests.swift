import FFmpeg
import Foundation
import Testing

/// FFmpeg's examples transcoding, remuxing and encode_video.
struct TranscodeRemuxTests {
    let directory: TemporaryDirectory
    init() throws { directory = try TemporaryDirectory() }

    @Test func aTranscodedFilmIsWholeAndLooksTheSame() throws {
        let film = try Fixture.film(in: directory)
        let result = directory.file("result.mp4")
        try Fixture.withDescriptor(film) { input in
            try Fixture.withOutput(result) { output in
                try transcode(input, output)
            }
        }
        #expect(try Oracle.probe(result, "stream=codec_name") == ["h264", "aac"])
        let frames = try Oracle.probe(
            result, "stream=nb_read_frames", "-count_frames", "-select_streams", "v")
        #expect(frames == ["50"])
        let color = try Oracle.probe(
            result, "stream=color_range,color_space,color_transfer,color_primaries",
            "-select_streams", "v")
        #expect(color == ["tv", "bt709", "bt709", "bt709"])
        let duration = try #require(try Oracle.probe(result, "format=duration").first)
        #expect(abs(try #require(Double(duration)) - 2) < 0.03)
        let said = String(
            decoding: try Oracle.run([
                "sh", "-c",
                // Called the same: FFmpeg 7 converts what is called another colour space.
                "ffmpeg -nostdin -i \(result.path) -i \(film.path) -lavfi '[1:v]setparams="
                    + "colorspace=bt709:color_primaries=bt709:color_trc=bt709[f];[0:v][f]psnr' "
                    + "-f null - 2>&1",
            ]), as: UTF8.self)
        let average = try #require(said.firstMatch(of: /average:([0-9.]+|inf)/))
        #expect(average.1 == "inf" || (Double(average.1) ?? 0) > 35)
    }

    private func transcode(_ input: Int32, _ output: Int32) throws {
        var demuxer = try Demuxer(descriptor: input, format: "mov")
        let video = try demuxer.first(.video)
        let audio = try demuxer.first(.audio)
        var videoDecoder = try Decoder(stream: video)
        var audioDecoder = try Decoder(stream: audio)
        var settings = VideoEncoderSettings(
            codec: "libx264", width: video.parameters.width, height: video.parameters.height,
            timeBase: Rational(1, 90_000), frameRate: video.averageFrameRate,
            options: ["preset": "veryfast", "crf": "18"])
        settings.gopSize = 50
        settings.profile = "high"
        var videoEncoder = try Encoder(video: settings)
        var audioEncoder = try Encoder(
            audio: AudioEncoderSettings(
                codec: "aac", sampleRate: 48_000, channelLayout: .stereo, sampleFormat: .fltp,
                bitRate: 128_000))
        var graph = try FilterGraph(
            "[in]anull[out]",
            sources: [.audio(sampleRate: 48_000, sampleFormat: .fltp, channelLayout: .stereo)],
            sinks: [.audio(sampleFormats: [.fltp], frameSize: audioEncoder.frameSize)])
        var muxer = try Muxer(format: "mp4", descriptor: output)
        try muxer.addStream(from: videoEncoder)
        try muxer.addStream(from: audioEncoder)
        try muxer.writeHeader(options: ["movflags": "faststart"])

        func finishAudio() throws {
            while case .frame(let frame) = try graph.pull() {
                try encode(&audioEncoder, frame) { try muxer.write($0, stream: 1) }
            }
        }
        func drain(_ decoder: inout Decoder, _ body: (Frame) throws -> Void) throws {
            while case .frame(let frame) = try decoder.receive() { try body(frame) }
        }
        reading: while true {
            switch try demuxer.read() {
            case .packet(let packet) where packet.streamIndex == video.index:
                _ = try videoDecoder.send(packet)
                try drain(&videoDecoder) { frame in
                    try encode(&videoEncoder, frame) { try muxer.write($0, stream: 0) }
                }
            case .packet(let packet):
                _ = try audioDecoder.send(packet)
                try drain(&audioDecoder) {
                    try graph.push($0)
                    try finishAudio()
                }
            case .end: break reading
            }
        }
        _ = try videoDecoder.send(nil)
        try drain(&videoDecoder) { frame in
            try encode(&videoEncoder, frame) { try muxer.write($0, stream: 0) }
        }
        try encode(&videoEncoder, nil) { try muxer.write($0, stream: 0) }
        _ = try audioDecoder.send(nil)
        try drain(&audioDecoder) { try graph.push($0) }
        try graph.push(nil)
        try finishAudio()
        try encode(&audioEncoder, nil) { try muxer.write($0, stream: 1) }
        try muxer.writeTrailer()
    }

    @Test(arguments: [("mkv", "matroska"), ("mov", "mov"), ("ts", "mpegts")])
    func remuxingKeepsEveryPacket(name: String, format: String) throws {
        let film = try Fixture.film(in: directory)
        let result = directory.file("copy.\(name)")
        try Fixture.withDescriptor(film) { input in
            try Fixture.withOutput(result) { output in
                var demuxer = try Demuxer(descriptor: input, format: "mov")
                var muxer = try Muxer(format: format, descriptor: output)
                for stream in demuxer.streams {
                    try muxer.addStream(stream.parameters, timeBase: stream.timeBase)
                }
                try muxer.writeHeader()
                while case .packet(let packet) = try demuxer.read() {
                    try muxer.write(packet, stream: packet.streamIndex)
                }
                try muxer.writeTrailer()
            }
        }
        // Decoded content must be identical, whatever the container did to the bytes.
        let arguments = ["-map", "0:v", "-f", "md5", "-"]
        let before = try Oracle.run(
            ["ffmpeg", "-nostdin", "-v", "error", "-i", film.path] + arguments)
        let after = try Oracle.run(
            ["ffmpeg", "-nostdin", "-v", "error", "-i", result.path] + arguments)
        #expect(before == after)
        // A transport stream's streams are listed by program and once more.
        #expect(try Set(Oracle.probe(result, "stream=codec_name")) == ["aac", "h264"])
    }

    @Test func oneEncodeFeedsTwoMuxers() throws {
        let first = directory.file("a.mp4")
        let second = directory.file("b.mkv")
        try Fixture.withOutput(first) { a in
            try Fixture.withOutput(second) { b in
                var encoder = try Encoder(
                    video: VideoEncoderSettings(
                        codec: "libx264", width: 64, height: 64, timeBase: Rational(1, 25),
                        frameRate: Rational(25, 1), options: ["preset": "ultrafast"]))
                var mp4 = try Muxer(format: "mp4", descriptor: a)
                var mkv = try Muxer(format: "matroska", descriptor: b)
                try mp4.addStream(from: encoder)
                try mkv.addStream(from: encoder)
                try mp4.writeHeader()
                try mkv.writeHeader()
                for index in 0...30 {
                    let frame = try picture(index)
                    try encode(&encoder, index < 30 ? frame : nil) { packet in
                        let pts = packet.pts
                        try mp4.write(packet, stream: 0)
                        try mkv.write(packet, stream: 0)
                        #expect(packet.pts == pts)
                        #expect(packet.timeBase == Rational(1, 25))
                    }
                }
                try mp4.writeTrailer()
                try mkv.writeTrailer()
            }
        }
        for file in [first, second] {
            #expect(
                try Oracle.probe(file, "stream=nb_read_packets", "-count_packets") == ["30"])
            let duration = try #require(Double(Oracle.probe(file, "format=duration")[0]))
            #expect(abs(duration - 1.2) < 0.002)
        }
    }

    @Test func forcedKeyFramesAreWhereTheyWereAskedFor() throws {
        var settings = VideoEncoderSettings(
            codec: "libx264", width: 64, height: 64, timeBase: Rational(1, 25),
            frameRate: Rational(25, 1),
            options: ["preset": "ultrafast", "forced-idr": "1", "x264-params": "scenecut=0"])
        settings.gopSize = 1_000
        var encoder = try Encoder(video: settings)
        var keys: [Int64] = []
        func take(_ packet: Packet) throws {
            if packet.isKey { keys.append(try #require(packet.pts)) }
        }
        for index in 0..<40 {
            _ = try encoder.send(picture(index), forcingKeyFrame: index == 7 || index == 23)
            while case .packet(let packet) = try encoder.receive() { try take(packet) }
        }
        try encode(&encoder, nil, take)
        #expect(keys == [0, 7, 23])
    }

    @Test func anUnknownEncoderOptionIsAnError() throws {
        let error = #expect(throws: FFmpegError.self) {
            _ = try Encoder(
                video: VideoEncoderSettings(
                    codec: "libx264", width: 64, height: 64, timeBase: Rational(1, 25),
                    options: ["presset": "fast"]))
        }
        #expect(error?.code == .optionNotFound)
        #expect(error?.logLine?.contains("presset") == true)
    }

    @Test func aFrameOfAnotherSizeIsRefused() throws {
        var encoder = try Encoder(
            video: VideoEncoderSettings(
                codec: "libx264", width: 128, height: 64, timeBase: Rational(1, 25)))
        let error = #expect(throws: FFmpegError.self) { _ = try encoder.send(picture(0)) }
        #expect(error?.code == .inputChanged)
    }
}

/// A 64 × 64 picture with a moving ramp, in 25ths of a second.
func picture(_ index: Int) throws -> Frame {
    let frame = try Frame(width: 64, height: 64, pixelFormat: .yuv420p)
    for plane in 0..<3 {
        frame.withMutablePlane(plane) { bytes, _ in
            for offset in bytes.indices {
                bytes[offset] = UInt8(truncatingIfNeeded: offset + index * 3)
            }
        }
    }
    frame.timeBase = Rational(1, 25)
    frame.pts = Int64(index)
    frame.duration = 1
    return frame
}
