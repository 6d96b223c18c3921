import FFmpeg
import Foundation
import Testing

/// FFmpeg's examples resampling_audio and scaling_video.
struct ResampleAndScaleTests {
    let directory: TemporaryDirectory
    init() throws { directory = try TemporaryDirectory() }

    private func tone(channels: Int) throws -> Frame {
        let frame = try Frame(
            sampleCount: 4_800, sampleFormat: .fltp,
            channelLayout: ChannelLayout(defaultFor: channels), sampleRate: 48_000)
        for channel in 0..<channels {
            frame.withMutableFloatSamples(plane: channel) { samples in
                for index in samples.indices { samples[index] = channel == 0 ? 0.5 : -0.25 }
            }
        }
        frame.timeBase = Rational(1, 48_000)
        frame.pts = 48_000
        return frame
    }

    @Test func resamplingKeepsTheDuration() throws {
        var resampler = try Resampler(
            from: .init(sampleRate: 48_000, sampleFormat: .fltp, channelLayout: .stereo),
            to: .init(sampleRate: 44_100, sampleFormat: .s16, channelLayout: .stereo))
        var total = 0
        var first: Int64?
        for index in 0..<10 {
            let frame = try tone(channels: 2)
            frame.pts = Int64(48_000 + index * 4_800)
            if let output = try resampler.convert(frame) {
                first = first ?? output.pts
                total += output.sampleCount
                #expect(output.sampleFormat == .s16)
                #expect(output.timeBase == Rational(1, 44_100))
            }
        }
        while let output = try resampler.convert(nil) { total += output.sampleCount }
        #expect(abs(total - 44_100) <= 1)
        #expect(abs(try #require(first) - 44_100) <= 40)
    }

    @Test func theMixMatrixIsAppliedAsGiven() throws {
        var resampler = try Resampler(
            from: .init(sampleRate: 48_000, sampleFormat: .fltp, channelLayout: .stereo),
            to: .init(sampleRate: 48_000, sampleFormat: .flt, channelLayout: .mono),
            mixMatrix: [[0.2, 0.4]])
        let output = try #require(try resampler.convert(tone(channels: 2)))
        output.withFloatSamples(plane: 0) { samples in
            #expect(samples.count == 4_800)
            #expect(abs(samples[2_000] - (0.5 * 0.2 - 0.25 * 0.4)) < 1e-6)
        }
    }

    @Test func aFrameOfAnotherFormatIsRefused() throws {
        var resampler = try Resampler(
            from: .init(sampleRate: 48_000, sampleFormat: .fltp, channelLayout: .stereo),
            to: .init(sampleRate: 48_000, sampleFormat: .s16, channelLayout: .stereo))
        let error = #expect(throws: FFmpegError.self) {
            _ = try resampler.convert(tone(channels: 1))
        }
        #expect(error?.code == .inputChanged)
    }

    @Test func scaledPixelsAreThoseOfTheProgram() throws {
        let film = try Fixture.film(in: directory)
        let expected = try Oracle.ffmpeg(
            "-i", film.path, "-frames:v", "1", "-vf",
            "scale=100:60:flags=area+accurate_rnd+full_chroma_int:in_color_matrix=bt709,format=rgb24",
            "-f", "rawvideo", "-")
        try Fixture.withDescriptor(film) { descriptor in
            var demuxer = try Demuxer(descriptor: descriptor, format: "mov")
            let stream = try demuxer.first(.video)
            var scaler = Scaler(width: 100, height: 60, pixelFormat: .rgb24, algorithm: .area)
            var first: Frame?
            try decode(&demuxer, stream: stream) { first = first ?? $0 }
            let frame = try #require(first)
            frame.color = .bt709
            let packed = try scaler.packedPixels(of: frame)
            #expect(packed.count == 100 * 60 * 3)
            let difference = zip(packed, expected).map { abs(Int($0) - Int($1)) }.max()
            #expect(packed.count == expected.count)
            #expect(try #require(difference) <= 2)
            #expect(firstDifference(try scaler.scale(frame).packedBytes(), packed) == nil)
        }
    }

    @Test func theMatrixDecidesTheColour() throws {
        // Pure green, coded by BT.601 and read as BT.709, is another colour: the tag must count.
        let frame = try Frame(width: 16, height: 16, pixelFormat: .yuv420p)
        for (plane, value) in [(0, 145), (1, 54), (2, 34)] as [(Int, UInt8)] {
            frame.withMutablePlane(plane) { bytes, _ in
                for index in bytes.indices { bytes[index] = value }
            }
        }
        var scaler = Scaler(width: 16, height: 16, pixelFormat: .rgb24)
        frame.color = ColorDescription(matrix: "smpte170m", range: "tv")
        let right = try scaler.packedPixels(of: frame).prefix(3)
        frame.color = .bt709
        let wrong = try scaler.packedPixels(of: frame).prefix(3)
        #expect(zip(right, [0, 255, 0] as [UInt8]).allSatisfy { abs(Int($0) - Int($1)) <= 3 })
        #expect(!zip(wrong, right).allSatisfy { abs(Int($0) - Int($1)) <= 3 })
    }

    @Test func aConversionOfMatrixRelabelsAndConverts() throws {
        let frame = try Frame(width: 16, height: 16, pixelFormat: .yuv420p)
        for (plane, value) in [(0, 145), (1, 54), (2, 34)] as [(Int, UInt8)] {
            frame.withMutablePlane(plane) { bytes, _ in
                for index in bytes.indices { bytes[index] = value }
            }
        }
        frame.color = ColorDescription(matrix: "smpte170m", range: "tv")
        var converter = Scaler(width: 16, height: 16, pixelFormat: .yuv420p, color: .bt709)
        let converted = try converter.scale(frame)
        #expect(converted.color == .bt709)
        // Green in BT.709 limited range: Y 173, Cb 42, Cr 26 (ITU-R BT.709-6, item 3).
        for (plane, value) in [(0, 173), (1, 42), (2, 26)] as [(Int, Int)] {
            converted.withPlane(plane) { bytes, _ in
                #expect(abs(Int(bytes[0]) - value) <= 2)
            }
        }
    }
}
