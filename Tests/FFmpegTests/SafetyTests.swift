import FFmpeg
import Foundation
import Glibc
import Testing

/// Untrusted input, interruption, errors, and handles freed on every path.
struct SafetyTests {
    let directory: TemporaryDirectory
    init() throws { directory = try TemporaryDirectory() }

    @Test(arguments: ["mov", "matroska", "mpegts", "hls"])
    func aPlaylistNamedMp4OpensNothing(format: String) throws {
        // A demuxer that followed the playlist would find these pictures, and no error.
        let canary = directory.file("canary.ts")
        try Oracle.ffmpeg(
            "-f", "lavfi", "-i", "testsrc2=size=64x64:duration=1", canary.path)
        let playlist = directory.file("film.mp4")
        try "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:\(canary.path)\n#EXT-X-ENDLIST\n"
            .write(to: playlist, atomically: true, encoding: .utf8)
        try Fixture.withDescriptor(playlist) { descriptor in
            let error = #expect(throws: FFmpegError.self) {
                var demuxer = try Demuxer(descriptor: descriptor, format: format)
                _ = try demuxer.first(.video)
                while case .packet = try demuxer.read() {}
            }
            #expect(error != nil)
            // Only this test's own files: others run beside it and open theirs.
            let open = try openFiles()
            #expect(open == [playlist.lastPathComponent])
        }
    }

    /// What this process holds open of the test's directory.
    private func openFiles() throws -> [String] {
        let place = directory.file("").resolvingSymlinksInPath().path
        return try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").compactMap {
            // The descriptor that listed the directory is gone by now.
            try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)")
        }
        .filter { $0.hasPrefix(place) }.map { String($0.split(separator: "/").last ?? "") }
    }

    @Test func aConcatenationListOpensNothing() throws {
        let canary = directory.file("canary.mkv")
        try Oracle.ffmpeg("-f", "lavfi", "-i", "testsrc2=size=64x64:duration=1", canary.path)
        let list = directory.file("list.mp4")
        try "ffconcat version 1.0\nfile '\(canary.lastPathComponent)'\n"
            .write(to: list, atomically: true, encoding: .utf8)
        try Fixture.withDescriptor(list) { descriptor in
            #expect(throws: FFmpegError.self) {
                _ = try Demuxer(descriptor: descriptor, format: "mov")
            }
        }
    }

    @Test func theErrorSaysOperationFileAndLastLogLine() throws {
        let junk = directory.file("junk.mp4")
        try Data(repeating: 0x41, count: 4_096).write(to: junk)
        let error = try Fixture.withDescriptor(junk) { descriptor in
            #expect(throws: FFmpegError.self) {
                _ = try Demuxer(
                    descriptor: descriptor, format: "mov",
                    settings: DemuxerSettings(displayName: "holiday.mp4"))
            }
        }
        let failure = try #require(error)
        #expect(failure.code == .invalidData)
        #expect(failure.operation == "avformat_open_input")
        #expect(failure.path == "holiday.mp4")
        #expect(failure.logLine?.hasSuffix("[mov,mp4,m4a,3gp,3g2,mj2] moov atom not found") == true)
        #expect(
            failure.description.contains("avformat_open_input: Invalid data found")
                && failure.description.contains("holiday.mp4"))
    }

    @Test func logLinesOfOneThreadAreNotThoseOfAnother() throws {
        let junk = directory.file("junk.mp4")
        try Data(repeating: 0x41, count: 4_096).write(to: junk)
        let failing = Thread {
            try? Fixture.withDescriptor(junk) { descriptor in
                _ = try Demuxer(descriptor: descriptor, format: "mov")
            }
        }
        let countBefore = LogCapture.errorCount
        let error = #expect(throws: FFmpegError.self) {
            _ = try FilterGraph("[in]nosuchfilter[out]", sources: [], sinks: [])
        }
        failing.start()
        while !failing.isFinished { sched_yield() }
        #expect(error?.logLine?.contains("nosuchfilter") == true)
        #expect(LogCapture.lastLine?.contains("moov") != true)
        #expect(LogCapture.errorCount >= countBefore + 2)
    }

    @Test func anInterruptEndsTheRead() throws {
        let film = try Fixture.film(in: directory)
        try Fixture.withDescriptor(film) { descriptor in
            let interrupt = Interrupt()
            var demuxer = try Demuxer(
                descriptor: descriptor, format: "mov", interrupt: interrupt)
            guard case .packet = try demuxer.read() else {
                Issue.record("no packet")
                return
            }
            interrupt.raise()
            let error = #expect(throws: FFmpegError.self) { _ = try demuxer.read() }
            #expect(error?.code == .interrupted)
        }
    }

    @Test func aPassedDeadlineEndsTheOpening() throws {
        let film = try Fixture.film(in: directory)
        try Fixture.withDescriptor(film) { descriptor in
            let error = #expect(throws: FFmpegError.self) {
                _ = try Demuxer(
                    descriptor: descriptor, format: "mov",
                    interrupt: Interrupt(deadline: .now))
            }
            #expect(error?.code == .interrupted)
        }
    }

    @Test func theDescriptorsOwnOffsetIsNeitherUsedNorMoved() throws {
        let film = try Fixture.film(in: directory)
        try Fixture.withDescriptor(film) { descriptor in
            lseek(descriptor, 17, SEEK_SET)
            var demuxer = try Demuxer(descriptor: descriptor, format: "mov")
            while case .packet = try demuxer.read() {}
            #expect(lseek(descriptor, 0, SEEK_CUR) == 17)
        }
    }

    @Test func anOwnedDescriptorIsClosedOnSuccessAndOnFailure() throws {
        let film = try Fixture.film(in: directory)
        let junk = directory.file("junk.mp4")
        try Data(repeating: 0x41, count: 64).write(to: junk)
        for file in [film, junk] {
            let descriptor = unsafe open(file.path, O_RDONLY | O_CLOEXEC)
            // Another file's descriptor number could be reused meanwhile: ask by file identity.
            let before = try #require(self.identity(descriptor))
            _ = try? Demuxer(descriptor: descriptor, ownership: .owned, format: "mov").streams
            #expect(identity(descriptor) != before)
        }
    }

    private func identity(_ descriptor: Int32) -> UInt64? {
        var status = stat()
        return unsafe fstat(descriptor, &status) == 0 ? UInt64(status.st_ino) : nil
    }

    @Test func tooLargePicturesAreRefused() throws {
        let film = try Fixture.film(in: directory)
        var settings = DecoderSettings()
        settings.maxPixels = 100 * 100
        try Fixture.withDescriptor(film) { descriptor in
            var demuxer = try Demuxer(descriptor: descriptor, format: "mov")
            let stream = try demuxer.first(.video)
            #expect(throws: FFmpegError.self) {
                try decode(&demuxer, stream: stream, settings: settings) { _ in }
            }
        }
    }

    @Test func tooManyStreamsAreRefused() throws {
        let film = try Fixture.film(in: directory)
        let many = directory.file("many.mkv")
        try Oracle.ffmpeg(
            "-i", film.path, "-map", "0", "-map", "0", "-map", "0", "-c", "copy", many.path)
        var settings = DemuxerSettings()
        settings.maxStreams = 4
        try Fixture.withDescriptor(many) { descriptor in
            #expect(throws: FFmpegError.self) {
                _ = try Demuxer(descriptor: descriptor, format: "matroska", settings: settings)
            }
        }
    }

    @Test func aDamagedPacketIsCountedAndTheRestDecodes() throws {
        let film = try Fixture.film(in: directory)
        try Fixture.withDescriptor(film) { descriptor in
            var demuxer = try Demuxer(descriptor: descriptor, format: "mov")
            let stream = try demuxer.first(.video)
            var settings = DecoderSettings()
            settings.explodesOnErrors = true
            var decoder = try Decoder(stream: stream, settings: settings)
            var damaged = 0
            var frames = 0
            var index = 0
            func receive() throws {
                while case .frame = try decoder.receive() { frames += 1 }
            }
            while case .packet(let packet) = try demuxer.read() {
                guard packet.streamIndex == stream.index else { continue }
                index += 1
                do {
                    let broken = index == 10 ? try Packet(bytes: [0, 0, 1, 0, 9, 9]) : packet
                    _ = try decoder.send(broken)
                    try receive()
                } catch let error as FFmpegError where error.code == .invalidData {
                    damaged += 1
                }
            }
            _ = try decoder.send(nil)
            try receive()
            #expect(damaged >= 1)
            #expect(frames >= 40)
        }
    }

    @Test func missingDecodersAndDemuxersHaveTheirOwnCodes() throws {
        let film = try Fixture.film(in: directory)
        try Fixture.withDescriptor(film) { descriptor in
            let none = #expect(throws: FFmpegError.self) {
                _ = try Demuxer(descriptor: descriptor, format: "nosuchformat")
            }
            #expect(none?.code == .demuxerNotFound)
            let demuxer = try Demuxer(descriptor: descriptor, format: "mov")
            let stream = try demuxer.first(.video)
            let decoder = #expect(throws: FFmpegError.self) {
                _ = try Decoder(stream: stream, settings: DecoderSettings(name: "nosuch"))
            }
            #expect(decoder?.code == .decoderNotFound)
        }
        #expect(Decoder.find(codec: "h264") == "h264")
        #expect(Decoder.find(codec: "nosuchcodec") == nil)
        #expect(FFmpegLibrary.hasEncoder("libx264"))
        #expect(!FFmpegLibrary.hasEncoder("nosuch"))
        #expect(FFmpegLibrary.hasFilter("scale"))
        #expect(FFmpegLibrary.matchesHeaders)
        #expect(FFmpegLibrary.sampleFormats(ofEncoder: "aac") == [.fltp])
        #expect(FFmpegLibrary.sampleRates(ofEncoder: "libopus").contains(48_000))
    }

    @Test func sharedDataIsCopiedBeforeItIsWritten() throws {
        let original = try picture(1)
        let before = original.packedBytes()
        let copy = try original.ref()
        try copy.makeWritable()
        copy.withMutablePlane(0) { bytes, _ in bytes[0] = ~bytes[0] }
        #expect(firstDifference(original.packedBytes(), before) == nil)
        #expect(firstDifference(copy.packedBytes(), before) == 0)
        #expect(copy.hasSameFormat(as: original))
    }
}
