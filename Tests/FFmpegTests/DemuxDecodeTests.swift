import FFmpeg
import Foundation
import Testing

/// FFmpeg's example demux_decode, with ffmpeg's own decode as the judge.
struct DemuxDecodeTests {
    let directory: TemporaryDirectory
    init() throws { directory = try TemporaryDirectory() }

    @Test func decodedPicturesAreThoseOfTheProgram() throws {
        let film = try Fixture.film(in: directory)
        let expected = try Oracle.ffmpeg(
            "-i", film.path, "-map", "0:v", "-f", "rawvideo", "-pix_fmt", "yuv420p", "-")
        var bytes: [UInt8] = []
        var times: [Double] = []
        try Fixture.withDescriptor(film) { descriptor in
            var demuxer = try Demuxer(descriptor: descriptor, format: "mov")
            let stream = try demuxer.first(.video)
            try decode(&demuxer, stream: stream) { frame in
                bytes += frame.packedBytes()
                times.append(try #require(frame.timestamp).seconds)
            }
        }
        #expect(times.count == 50)
        #expect(firstDifference(bytes, expected) == nil)
        #expect(times.enumerated().allSatisfy { abs($1 - Double($0) / 25) < 0.0005 })
    }

    @Test func decodedSamplesAreThoseOfTheProgram() throws {
        let film = try Fixture.film(in: directory)
        let sound = directory.file("sound.wav")
        try Oracle.ffmpeg("-i", film.path, "-map", "0:a", "-c:a", "pcm_s16le", sound.path)
        let expected = try Oracle.ffmpeg("-i", sound.path, "-f", "s16le", "-")
        var bytes: [UInt8] = []
        try Fixture.withDescriptor(sound) { descriptor in
            var demuxer = try Demuxer(descriptor: descriptor, format: "wav")
            let stream = try demuxer.first(.audio)
            try decode(&demuxer, stream: stream) { bytes += $0.packedBytes() }
        }
        #expect(bytes.count > 300_000)
        #expect(firstDifference(bytes, expected) == nil)
    }

    @Test func streamsAreDescribedAsFfprobeDescribesThem() throws {
        let film = try Fixture.film(
            in: directory,
            // FFmpeg 7 takes the frames' word for it, 5 that of the options.
            filter: "setparams=color_primaries=bt709:color_trc=bt709:colorspace=bt709",
            extra: [
                "-color_primaries", "bt709", "-color_trc", "bt709", "-colorspace", "bt709",
                "-color_range", "tv", "-metadata", "title=Probe", "-metadata:s:a:0",
                "language=fra",
            ])
        try Fixture.withDescriptor(film) { descriptor in
            let demuxer = try Demuxer(descriptor: descriptor, format: "mov")
            let video = try demuxer.first(.video)
            let audio = try demuxer.first(.audio)
            let description = [
                video.codecName, video.parameters.profile, String(video.parameters.width),
                String(video.parameters.height), video.parameters.pixelFormat?.name,
                video.parameters.level.map { String($0) }, video.parameters.color.range,
                video.parameters.color.matrix, video.parameters.color.transfer,
                video.parameters.color.primaries, video.realFrameRate?.description,
                video.averageFrameRate?.description, video.timeBase.description,
                video.frameCount.map { String($0) },
            ].compactMap { $0 }
            let expected = try Oracle.probe(
                film,
                "stream=codec_name,profile,width,height,pix_fmt,level,color_range,color_space,color_transfer,color_primaries,r_frame_rate,avg_frame_rate,time_base,nb_frames",
                "-select_streams", "v")
            #expect(description == expected)
            #expect(audio.parameters.sampleRate == 48_000)
            #expect(audio.parameters.channelLayout == .stereo)
            #expect(audio.parameters.sampleFormat == .fltp)
            #expect(audio.metadata["language"] == "fra")
            #expect(demuxer.metadata["title"] == "Probe")
            #expect(abs((demuxer.duration?.seconds ?? 0) - 2) < 0.05)
            #expect(demuxer.formatName == "mov,mp4,m4a,3gp,3g2,mj2")
        }
    }

    @Test(arguments: [90, 180, 270])
    func rotationIsWhatMakesThePictureUpright(tag: Int) throws {
        let rotated = try Fixture.film(in: directory)
        try Self.turn(rotated, by: tag)
        var rotation = 0
        try Fixture.withDescriptor(rotated) { descriptor in
            let demuxer = try Demuxer(descriptor: descriptor, format: "mov")
            let matrix = try #require(demuxer.first(.video).displayMatrix)
            #expect(!matrix.isFlippedHorizontally)
            rotation = Int(matrix.rotation)
        }
        // ffmpeg's own rotation is the judge: turning clockwise by our degrees gives its picture.
        let clockwise = [90: "transpose=clock", 180: "hflip,vflip", 270: "transpose=cclock"]
        let upright = try Oracle.ffmpeg(
            "-i", rotated.path, "-frames:v", "1", "-f", "md5", "-")
        let ours = try Oracle.ffmpeg(
            "-noautorotate", "-i", rotated.path, "-frames:v", "1", "-vf",
            try #require(clockwise[rotation]), "-f", "md5", "-")
        #expect(upright == ours)
    }

    /// Writes a matrix into the first track header of an MP4: FFmpeg 5 has another option for it than 7.
    private static func turn(_ film: URL, by degrees: Int) throws {
        let one: Int32 = 0x1_0000
        let (a, b): (Int32, Int32) =
            switch degrees {
            case 90: (0, one)
            case 180: (-one, 0)
            default: (0, -one)
            }
        let matrix = [a, b, 0, -b, a, 0, 0, 0, 0x4000_0000]
        var data = try Data(contentsOf: film)
        let box = try #require(data.firstRange(of: Data("tkhd".utf8)))
        // Version and flags, times, id, reserved, duration, reserved, layer, group, volume.
        let start = box.upperBound + 4 + 4 * 5 + 8 + 8
        let bytes = matrix.flatMap { value in
            (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * Int32($0))) }
        }
        data.replaceSubrange(start..<(start + 36), with: bytes)
        try data.write(to: film)
    }

    @Test func mirroredMatrixIsAMirrorAndATurn() {
        // Rows of x' = -x: a = -1, d = 1.
        let mirror = DisplayMatrix(values: [-65536, 0, 0, 0, 65536, 0, 0, 0, 1 << 30])
        #expect(mirror.isFlippedHorizontally)
        #expect(mirror.rotation == 0)
        let upsideDown = DisplayMatrix(values: [65536, 0, 0, 0, -65536, 0, 0, 0, 1 << 30])
        #expect(upsideDown.isFlippedHorizontally)
        #expect(upsideDown.rotation == 180)
    }

    @Test func coverArtIsAnAttachedPicture() throws {
        let song = directory.file("song.m4a")
        try Oracle.ffmpeg(
            "-f", "lavfi", "-i", "sine=duration=1", "-f", "lavfi", "-i", "color=red:s=64x64:d=0.04",
            "-map", "0", "-map", "1", "-frames:v", "1", "-c:v", "mjpeg", "-disposition:v",
            "attached_pic", song.path)
        try Fixture.withDescriptor(song) { descriptor in
            let demuxer = try Demuxer(descriptor: descriptor, format: "mov")
            let cover = try demuxer.first(.video)
            #expect(cover.disposition.contains(.attachedPicture))
            let packet = try #require(try demuxer.attachedPicture(stream: cover.index))
            #expect(packet.bytes.starts(with: [0xff, 0xd8]))
            let audio = try demuxer.first(.audio)
            #expect(try demuxer.attachedPicture(stream: audio.index) == nil)
        }
    }

    @Test func seekingLandsOnTheKeyFrameBefore() throws {
        let film = try Fixture.film(in: directory, seconds: 4)
        try Fixture.withDescriptor(film) { descriptor in
            var demuxer = try Demuxer(descriptor: descriptor, format: "mov")
            let stream = try demuxer.first(.video)
            let target = stream.timeBase.rescale(2_500_000, from: .microseconds)
            demuxer.discard(.all, stream: try demuxer.first(.audio).index)
            try demuxer.seek(toKeyFrameAtOrBefore: target, stream: stream.index)
            guard case .packet(let packet) = try demuxer.read() else {
                Issue.record("the input is over")
                return
            }
            #expect(packet.isKey)
            #expect(packet.streamIndex == stream.index)
            let seconds = Timestamp(try #require(packet.pts), packet.timeBase).seconds
            #expect(abs(seconds - 2) < 0.001)
        }
    }

    @Test func keyFramesOnlyDecodesOnlyThose() throws {
        let film = try Fixture.film(in: directory, seconds: 4)
        var settings = DecoderSettings()
        settings.keyFramesOnly = true
        var types: [Character] = []
        try Fixture.withDescriptor(film) { descriptor in
            var demuxer = try Demuxer(descriptor: descriptor, format: "mov")
            let stream = try demuxer.first(.video)
            try decode(&demuxer, stream: stream, settings: settings) {
                types.append($0.pictureType)
                #expect($0.isKey)
            }
        }
        #expect(types == ["I", "I", "I", "I"])
    }

    @Test func chaptersHaveTimesAndTitles() throws {
        let film = try Fixture.film(in: directory)
        let list = directory.file("chapters.txt")
        try """
        ;FFMETADATA1
        [CHAPTER]
        TIMEBASE=1/1000
        START=0
        END=500
        title=First
        [CHAPTER]
        TIMEBASE=1/1000
        START=500
        END=2000
        title=Second
        """.write(to: list, atomically: true, encoding: .utf8)
        let book = directory.file("book.mkv")
        try Oracle.ffmpeg(
            "-i", film.path, "-i", list.path, "-map_metadata", "1", "-c", "copy", book.path)
        try Fixture.withDescriptor(book) { descriptor in
            let demuxer = try Demuxer(descriptor: descriptor, format: "matroska")
            #expect(demuxer.chapters.map { $0.metadata["title"] } == ["First", "Second"])
            #expect(demuxer.chapters.map(\.start.seconds) == [0, 0.5])
        }
    }
}
