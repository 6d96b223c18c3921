import FFmpeg
import Foundation
import Testing

/// FFmpeg's examples filtering_video and filtering_audio.
struct FilterTests {
    let directory: TemporaryDirectory
    init() throws { directory = try TemporaryDirectory() }

    private func pullAll(
        _ graph: inout FilterGraph, from sink: Int = 0, _ body: (Frame) throws -> Void
    ) throws {
        while case .frame(let frame) = try graph.pull(from: sink) { try body(frame) }
    }

    @Test func filteredPicturesAreThoseOfTheProgram() throws {
        let film = try Fixture.film(in: directory)
        let filter = "scale=160:90:flags=bicubic,hflip,transpose=clock"
        let expected = try Oracle.ffmpeg(
            "-i", film.path, "-map", "0:v", "-vf", filter, "-f", "rawvideo", "-pix_fmt", "yuv420p",
            "-")
        var bytes: [UInt8] = []
        try Fixture.withDescriptor(film) { descriptor in
            var demuxer = try Demuxer(descriptor: descriptor, format: "mov")
            let stream = try demuxer.first(.video)
            var graph = try FilterGraph(
                "[in]\(filter)[out]",
                sources: [
                    .video(
                        width: 320, height: 180, pixelFormat: .yuv420p, timeBase: stream.timeBase,
                        sampleAspectRatio: Rational(1, 1), frameRate: Rational(25, 1))
                ],
                sinks: [.video(pixelFormats: [.yuv420p])])
            let output = graph.output()
            #expect((output.width, output.height) == (90, 160))
            #expect(output.frameRate == Rational(25, 1))
            #expect(output.pixelFormat == .yuv420p)
            try decode(&demuxer, stream: stream) { frame in
                try graph.push(frame)
                try pullAll(&graph) { bytes += $0.packedBytes() }
            }
            try graph.push(nil)
            try pullAll(&graph) { bytes += $0.packedBytes() }
            guard case .end = try graph.pull() else {
                Issue.record("a graph whose source has ended must end")
                return
            }
        }
        #expect(firstDifference(bytes, expected) == nil)
    }

    @Test func oneGraphFeedsSeveralSinks() throws {
        let film = try Fixture.film(in: directory)
        var counts = [0, 0]
        try Fixture.withDescriptor(film) { descriptor in
            var demuxer = try Demuxer(descriptor: descriptor, format: "mov")
            let stream = try demuxer.first(.video)
            var graph: FilterGraph?
            try decode(&demuxer, stream: stream) { frame in
                if graph == nil {
                    graph = try FilterGraph(
                        "[in]split[a][b];[b]fps=5[c]",
                        sources: [try #require(FilterGraph.Source(like: frame))],
                        sinks: [.video("a"), .video("c", pixelFormats: [.rgb24])])
                }
                try graph?.push(frame)
                for sink in 0...1 {
                    while case .frame(let frame)? = try graph?.pull(from: sink) {
                        counts[sink] += 1
                        #expect(frame.pixelFormat == (sink == 0 ? .yuv420p : .rgb24))
                    }
                }
            }
            try graph?.push(nil)
            for sink in 0...1 {
                while case .frame? = try graph?.pull(from: sink) { counts[sink] += 1 }
            }
        }
        #expect(counts == [50, 10])
    }

    @Test func audioComesInTheEncodersFrameSize() throws {
        let film = try Fixture.film(in: directory)
        var sizes: [Int] = []
        try Fixture.withDescriptor(film) { descriptor in
            var demuxer = try Demuxer(descriptor: descriptor, format: "mov")
            let stream = try demuxer.first(.audio)
            var graph = try FilterGraph(
                "[in]anull[out]",
                sources: [
                    .audio(sampleRate: 48_000, sampleFormat: .fltp, channelLayout: .stereo)
                ],
                sinks: [
                    .audio(
                        sampleFormats: [.s16], sampleRates: [44_100], channelLayouts: [.mono],
                        frameSize: 960)
                ])
            func take(_ frame: Frame) {
                sizes.append(frame.sampleCount)
                #expect(frame.sampleFormat == .s16)
                #expect(frame.sampleRate == 44_100)
                #expect(frame.channelLayout == .mono)
            }
            try decode(&demuxer, stream: stream) { frame in
                try graph.push(frame)
                try pullAll(&graph, take)
            }
            try graph.push(nil)
            try pullAll(&graph, take)
        }
        #expect(sizes.dropLast().allSatisfy { $0 == 960 })
        let seconds = Double(sizes.reduce(0, +)) / 44_100
        #expect(abs(seconds - 2) < 0.05)
    }

    @Test func loudnessIsReadFromFrameMetadata() throws {
        let sound = directory.file("tone.wav")
        try Oracle.ffmpeg(
            "-f", "lavfi", "-i", "sine=frequency=1000:sample_rate=48000:duration=5", "-ac", "2",
            sound.path)
        var last: [String: String] = [:]
        try Fixture.withDescriptor(sound) { descriptor in
            var demuxer = try Demuxer(descriptor: descriptor, format: "wav")
            let stream = try demuxer.first(.audio)
            var graph: FilterGraph?
            try decode(&demuxer, stream: stream) { frame in
                if graph == nil {
                    graph = try FilterGraph(
                        "[in]ebur128=metadata=1:peak=true[out]",
                        sources: [
                            .audio(
                                sampleRate: frame.sampleRate,
                                sampleFormat: try #require(frame.sampleFormat),
                                channelLayout: ChannelLayout(
                                    defaultFor: try #require(frame.channelLayout).channelCount))
                        ],
                        sinks: [.audio()])
                }
                try graph?.push(frame)
                while case .frame(let frame)? = try graph?.pull() { last = frame.metadata }
            }
        }
        let ours = try #require(last["lavfi.r128.I"].flatMap(Double.init))
        let printed = try Oracle.run([
            "sh", "-c",
            "ffmpeg -nostdin -i \(sound.path) -af ebur128=peak=true -f null - 2>&1 | tail -15",
        ])
        let text = String(decoding: printed, as: UTF8.self)
        let line = try #require(text.split(separator: "\n").first { $0.contains("I:") })
        let expected = try #require(
            line.split(separator: " ").compactMap { Double($0) }.first)
        #expect(abs(ours - expected) <= 0.11)
    }

    @Test func aFrameOfAnotherSizeIsRefused() throws {
        var graph = try FilterGraph(
            "[in]hflip[out]",
            sources: [
                .video(
                    width: 64, height: 64, pixelFormat: .yuv420p, timeBase: Rational(1, 25))
            ], sinks: [.video()])
        let frame = try Frame(width: 32, height: 64, pixelFormat: .yuv420p)
        let error = #expect(throws: FFmpegError.self) { try graph.push(frame) }
        #expect(error?.code == .inputChanged)
    }

    @Test func aDescriptionThatMakesNoSenseSaysWhy() throws {
        let error = #expect(throws: FFmpegError.self) {
            _ = try FilterGraph(
                "[in]nosuchfilter=3[out]",
                sources: [
                    .video(
                        width: 64, height: 64, pixelFormat: .yuv420p, timeBase: Rational(1, 25))
                ], sinks: [.video()])
        }
        #expect(error?.operation == "avfilter_graph_parse_ptr")
        #expect(error?.logLine?.contains("nosuchfilter") == true)
        #expect(error?.path == "[in]nosuchfilter=3[out]")
    }

    @Test func pushingLeavesTheFrameAsItWas() throws {
        var graph = try FilterGraph(
            "[in]null[out]",
            sources: [
                .video(
                    width: 64, height: 64, pixelFormat: .yuv420p, timeBase: Rational(1, 1000))
            ], sinks: [.video()])
        let frame = try Frame(width: 64, height: 64, pixelFormat: .yuv420p)
        frame.timeBase = Rational(1, 25)
        frame.pts = 3
        try graph.push(frame)
        guard case .frame(let filtered) = try graph.pull() else {
            Issue.record("no frame")
            return
        }
        #expect(filtered.timestamp == Timestamp(120, Rational(1, 1000)))
        #expect(frame.timestamp == Timestamp(3, Rational(1, 25)))
    }
}
