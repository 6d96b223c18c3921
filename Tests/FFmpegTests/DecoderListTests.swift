import FFmpeg
import Foundation
import Testing

/// Decoders that uploads do not get.
struct DecoderListTests {
    let directory: TemporaryDirectory
    init() throws { directory = try TemporaryDirectory() }

    private func film(_ codec: String) throws -> URL {
        let file = directory.file("\(codec).mkv")
        try Oracle.ffmpeg(
            "-f", "lavfi", "-i", "testsrc2=size=64x64:rate=25:duration=0.2", "-c:v", codec,
            file.path)
        return file
    }

    @Test func whatIsNotOnTheListIsNeitherAskedNorOpened() throws {
        try Fixture.withDescriptor(try film("asv1")) { descriptor in
            let stream = try Demuxer(descriptor: descriptor, format: "matroska").first(.video)
            #expect(stream.codecName == "asv1")
            // Only the decoder could have told, and it was not asked.
            #expect(stream.parameters.pixelFormat == nil)
            let error = #expect(throws: FFmpegError.self) { _ = try Decoder(stream: stream) }
            #expect(error?.code == .notPermitted)
            #expect(error?.description.contains("asv1") == true)
            #expect(Decoder.find(codec: "asv1") == nil)
            #expect(Decoder.find(codec: "asv1", in: .any) == "asv1")
        }
    }

    @Test func anotherListIsAnotherAnswer() throws {
        try Fixture.withDescriptor(try film("asv1")) { descriptor in
            var settings = DemuxerSettings()
            settings.decoders = .any
            let stream = try Demuxer(
                descriptor: descriptor, format: "matroska", settings: settings
            ).first(.video)
            #expect(stream.parameters.pixelFormat != nil)
            var decoding = DecoderSettings()
            decoding.decoders = DecoderList(["asv1"])
            #expect(try Decoder(stream: stream, settings: decoding).name == "asv1")
        }
    }

    @Test func anEmptyListAllowsNothing() throws {
        try Fixture.withDescriptor(try film("mpeg4")) { descriptor in
            var settings = DemuxerSettings()
            settings.decoders = DecoderList([])
            let stream = try Demuxer(
                descriptor: descriptor, format: "matroska", settings: settings
            ).first(.video)
            var decoding = DecoderSettings()
            decoding.decoders = settings.decoders
            #expect(throws: FFmpegError.self) {
                _ = try Decoder(stream: stream, settings: decoding)
            }
            #expect(try Decoder(stream: stream).name == "mpeg4")
        }
    }

    /// A name that FFmpeg does not have would be a format that nobody can upload.
    @Test func whatPeopleUploadIsOnTheList() throws {
        let all = try Oracle.run(["ffmpeg", "-hide_banner", "-v", "quiet", "-decoders"])
        let names = String(decoding: all, as: UTF8.self).split(separator: "\n")
            .compactMap { $0.split(separator: " ").dropFirst().first.map(String.init) }
        let allowed = Set(names.filter(DecoderList.common.allows))
        #expect(allowed.count > 200)
        for codec in [
            "h264", "hevc", "av1", "vp8", "vp9", "prores", "dnxhd", "cfhd", "mpeg2video", "mpeg4",
            "dvvideo", "mjpeg", "qtrle", "ffv1", "v210", "theora", "wmv3", "vc1", "png", "gif",
            "apng", "rawvideo", "hap", "utvideo", "magicyuv", "huffyuv", "jpeg2000", "aac", "mp3",
            "opus", "vorbis", "flac", "alac", "wavpack", "ac3", "eac3", "dts", "truehd",
            "pcm_s16le",
            "pcm_s24be", "pcm_f32le", "wmav2", "amr_nb", "mp2", "tta", "ape", "mov_text", "subrip",
            "ass", "webvtt",
        ] {
            #expect(Decoder.find(codec: codec) != nil, "\(codec)")
        }
        // Games and consoles.
        for name in ["bethsoftvid", "roqvideo", "binkvideo", "thp", "adpcm_psx", "cdgraphics"] {
            #expect(names.contains(name) && !allowed.contains(name), "\(name)")
        }
    }
}
