import FFmpeg
import Foundation
import Testing

struct MuxerTests {
    let directory: TemporaryDirectory
    init() throws { directory = try TemporaryDirectory() }

    /// The types of the top-level boxes of an MP4 file, read by the test itself.
    private func boxes(_ bytes: [UInt8]) -> [String] {
        var types: [String] = []
        var offset = 0
        while offset + 8 <= bytes.count {
            let size = bytes[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) }
            types.append(String(decoding: bytes[offset + 4..<offset + 8], as: UTF8.self))
            guard size >= 8 else { break }
            offset += size
        }
        return types
    }

    /// Encodes `count` pictures with key frames every ten into a muxer, and calls `beforeKey`
    /// before each key frame but the first.
    private func encodePictures(
        _ count: Int, _ muxer: inout Muxer, options: [String: String],
        beforeKey: (inout Muxer) throws -> Void = { _ in }
    ) throws {
        var settings = VideoEncoderSettings(
            codec: "libx264", width: 64, height: 64, timeBase: Rational(1, 25),
            frameRate: Rational(25, 1),
            options: ["preset": "ultrafast", "x264-params": "scenecut=0"])
        settings.gopSize = 10
        var encoder = try Encoder(video: settings)
        try muxer.addStream(from: encoder)
        try muxer.writeHeader(options: options)
        var isFirst = true
        for index in 0...count {
            let frame = try picture(index)
            try encode(&encoder, index < count ? frame : nil) { packet in
                if packet.isKey, !isFirst { try beforeKey(&muxer) }
                isFirst = false
                try muxer.write(packet, stream: 0)
            }
        }
    }

    @Test func faststartPutsTheIndexInFront() throws {
        let plain = directory.file("plain.mp4")
        let fast = directory.file("fast.mp4")
        for (file, options) in [(plain, [:]), (fast, ["movflags": "faststart"])] {
            try Fixture.withOutput(file) { output in
                var muxer = try Muxer(format: "mp4", descriptor: output)
                try encodePictures(30, &muxer, options: options)
                try muxer.writeTrailer()
            }
        }
        let plainBoxes = boxes(Array(try Data(contentsOf: plain)))
        let fastBoxes = boxes(Array(try Data(contentsOf: fast)))
        #expect(plainBoxes == ["ftyp", "free", "mdat", "moov"])
        #expect(fastBoxes == ["ftyp", "moov", "free", "mdat"])
        #expect(try Oracle.probe(fast, "stream=nb_read_frames", "-count_frames") == ["30"])
        let decoded = try [plain, fast].map {
            try Oracle.ffmpeg("-i", $0.path, "-f", "md5", "-")
        }
        #expect(decoded[0] == decoded[1])
    }

    @Test(arguments: [
        "frag_custom+empty_moov+default_base_moof+cmaf",
        "frag_custom+empty_moov+default_base_moof+cmaf+delay_moov",
    ])
    func everyFlushGivesOneFragment(flags: String) throws {
        var pieces: [[UInt8]] = []
        let collected = Collected()
        var muxer = try Muxer(format: "mp4") { collected.bytes += $0 }
        func take() {
            pieces.append(collected.bytes)
            collected.bytes = []
        }
        try encodePictures(40, &muxer, options: ["movflags": flags]) { muxer in
            try muxer.flushFragment()
            take()
        }
        try muxer.flushFragment()
        take()
        try muxer.writeTrailer()
        #expect(pieces.count == 4)
        for (index, piece) in pieces.enumerated() {
            let types = boxes(piece)
            #expect(types.filter { $0 == "moof" }.count == 1, "segment \(index): \(types)")
            #expect(types.filter { $0 == "mdat" }.count == 1)
            #expect(types.contains("moov") == (index == 0))
        }
        let whole = directory.file("whole.mp4")
        try Data(pieces.joined()).write(to: whole)
        #expect(try Oracle.probe(whole, "stream=nb_read_frames", "-count_frames") == ["40"])
        // Header and one segment alone: a player that joined late.
        let joined = directory.file("joined.mp4")
        let header = try #require(pieces.first)
        let moof = try #require(Data(header).firstRange(of: Data("moof".utf8)))
        try Data(header.prefix(moof.lowerBound - 4) + pieces[2]).write(to: joined)
        #expect(try Oracle.probe(joined, "stream=nb_read_frames", "-count_frames") == ["10"])
    }

    @Test func theHeaderCanBeTakenAloneWhenItIsDelayed() throws {
        let collected = Collected()
        var muxer = try Muxer(format: "mp4") { collected.bytes += $0 }
        var pieces: [[String]] = []
        try encodePictures(
            40, &muxer, options: ["movflags": "frag_custom+empty_moov+cmaf+delay_moov"]
        ) { muxer in
            if pieces.isEmpty {
                try muxer.flushHeader()
                pieces.append(boxes(collected.bytes))
                collected.bytes = []
            }
            try muxer.flushFragment()
            pieces.append(boxes(collected.bytes).filter { $0 != "styp" && $0 != "sidx" })
            collected.bytes = []
        }
        #expect(
            pieces == [["ftyp", "moov"], ["moof", "mdat"], ["moof", "mdat"], ["moof", "mdat"]])
    }

    @Test func whatTheSinkThrowsEndsTheMuxingAndIsTold() throws {
        struct DiskFull: Error, Equatable {}
        var muxer = try Muxer(format: "mp4") { _ in throw DiskFull() }
        let error = #expect(throws: FFmpegError.self) {
            try encodePictures(
                20, &muxer, options: ["movflags": "frag_custom+empty_moov"]
            ) { try $0.flushFragment() }
        }
        #expect(error?.underlying is DiskFull)
    }

    @Test func aFullDiskIsNoSpace() throws {
        let handle = try #require(FileHandle(forUpdatingAtPath: "/dev/full"))
        var muxer = try Muxer(format: "mpegts", descriptor: handle.fileDescriptor)
        let error = #expect(throws: FFmpegError.self) {
            try encodePictures(200, &muxer, options: [:])
            try muxer.writeTrailer()
        }
        #expect(error?.code == .noSpace)
    }

    @Test func anUnknownMuxerOptionIsAnError() throws {
        var muxer = try Muxer(format: "matroska") { _ in }
        let error = #expect(throws: FFmpegError.self) {
            try encodePictures(1, &muxer, options: ["movflag": "faststart"])
        }
        #expect(error?.code == .optionNotFound)
    }

    @Test func aMuxerOfNoNameIsRefused() throws {
        let error = #expect(throws: FFmpegError.self) {
            _ = try Muxer(format: "nosuchformat") { _ in }
        }
        #expect(error?.code == .muxerNotFound)
    }

    @Test func bitExactOutputIsTheSameTwice() throws {
        let runs = try (0..<2).map { _ in
            let collected = Collected()
            var muxer = try Muxer(format: "matroska") { collected.bytes += $0 }
            muxer.setBitExact()
            try encodePictures(20, &muxer, options: [:])
            try muxer.writeTrailer()
            return collected.bytes
        }
        #expect(firstDifference(runs[0], runs[1]) == nil)
        #expect(runs[0].count > 500)
    }

    @Test func tagsChaptersAndRotationAreWritten() throws {
        let file = directory.file("tagged.mp4")
        try Fixture.withOutput(file) { output in
            var encoder = try Encoder(
                video: VideoEncoderSettings(
                    codec: "libx264", width: 64, height: 64, timeBase: Rational(1, 25),
                    options: ["preset": "ultrafast"]))
            var muxer = try Muxer(format: "mp4", descriptor: output)
            muxer.setMetadata("title", "Tagged")
            try muxer.addStream(
                encoder.parameters, timeBase: encoder.timeBase, metadata: ["language": "deu"],
                disposition: .default,
                displayMatrix: DisplayMatrix(values: [0, 65536, 0, -65536, 0, 0, 0, 0, 1 << 30]))
            let base = Rational(1, 1000)
            try muxer.addChapter(
                id: 1, start: Timestamp(0, base), end: Timestamp(400, base), title: "One")
            try muxer.addChapter(
                id: 2, start: Timestamp(400, base), end: Timestamp(800, base), title: "Two")
            try muxer.writeHeader()
            for index in 0...20 {
                let frame = try picture(index)
                try encode(&encoder, index < 20 ? frame : nil) { try muxer.write($0, stream: 0) }
            }
            try muxer.writeTrailer()
        }
        #expect(try Oracle.probe(file, "format_tags=title") == ["Tagged"])
        #expect(try Oracle.probe(file, "stream_tags=language", "-select_streams", "v") == ["deu"])
        #expect(
            try Oracle.probe(file, "chapter_tags=title").contains("Two"))
        #expect(
            try Oracle.probe(
                file, "stream_side_data=rotation", "-select_streams", "v"
            ).contains("-90"))
    }
}

/// Bytes gathered by a sink.
final class Collected {
    var bytes: [UInt8] = []
}
