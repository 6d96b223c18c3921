import FFmpeg
import Foundation
import Glibc
import TestSupport
import Testing

/// Damaged files end in results and FFmpegErrors, never in a crash of ours.
struct DamagedInputTests {
    @Test(arguments: ["mp4", "mkv", "ts"])
    func mutatedFilesEndInResultsOrErrors(container: String) throws {
        let directory = try TemporaryDirectory()
        let film = try Fixture.film(in: directory, name: "film.\(container)", seconds: 1)
        let format = ["mp4": "mov", "mkv": "matroska", "ts": "mpegts"]
        let original = try Data(contentsOf: film)
        var decoded = 0
        for seed in 1...40 {
            var random = SplitMix(seed: UInt64(seed))
            var bytes = original
            for _ in 0..<Int.random(in: 1...60, using: &random) {
                bytes[bytes.indices.randomElement(using: &random) ?? 0] = .random(
                    in: 0...255, using: &random)
            }
            if seed % 4 == 0 { bytes = bytes.prefix(.random(in: 0...bytes.count, using: &random)) }
            let file = directory.file("mutated-\(seed)")
            try bytes.write(to: file)
            do {
                decoded += try Fixture.withDescriptor(file) {
                    try decodeEverything($0, try #require(format[container]))
                }
            } catch is FFmpegError {
                continue
            } catch {
                Issue.record("seed \(seed), \(container): \(error)")
            }
        }
        #expect(decoded > 0)
    }

    /// An error of the disk is tried again, damage is not: demuxers say `EIO` of a packet that is
    /// longer than the file.
    @Test func whatIsCutOffIsDamaged() async throws {
        let directory = try TemporaryDirectory()
        let film = directory.file("film.webm")
        try await Program("ffmpeg").run([
            "-v", "error", "-f", "lavfi", "-i", "testsrc2=size=160x120:rate=25:duration=0.4",
            "-f", "lavfi", "-i", "sine=duration=0.4", "-c:v", "libvpx", "-c:a", "libvorbis",
            film.path,
        ])
        let whole = try Data(contentsOf: film)
        var codes: Set<Int32> = []
        for percent in 1...99 {
            let file = directory.file("cut-\(percent)")
            try whole.prefix(whole.count * percent / 100).write(to: file)
            do {
                _ = try Fixture.withDescriptor(file) { try decodeEverything($0, "matroska") }
            } catch let error as FFmpegError {
                codes.insert(error.code.rawValue)
            }
        }
        #expect(codes.contains(FFmpegError.Code.invalidData.rawValue))
        #expect(!codes.contains(FFmpegError.Code.inputOutput.rawValue))
        // A descriptor that cannot be read is no damage.
        let closed = unsafe open(film.path, O_WRONLY)
        defer { close(closed) }
        #expect {
            try decodeEverything(closed, "matroska")
        } throws: {
            ($0 as? FFmpegError)?.code == .inputOutput
        }
    }

    private func decodeEverything(_ descriptor: Int32, _ format: String) throws -> Int {
        var demuxer = try Demuxer(
            descriptor: descriptor, format: format,
            interrupt: Interrupt(deadline: .now + .seconds(20)))
        let stream = try demuxer.first(.video)
        var decoder = try Decoder(stream: stream)
        var scaler = Scaler(width: 64, height: 36, pixelFormat: .rgb24, algorithm: .bilinear)
        var count = 0
        func receive() throws {
            while case .frame(let frame) = try decoder.receive() {
                _ = try scaler.packedPixels(of: frame)
                count += 1
            }
        }
        while case .packet(let packet) = try demuxer.read() {
            guard packet.streamIndex == stream.index else { continue }
            do {
                _ = try decoder.send(packet)
                try receive()
            } catch let error as FFmpegError where error.code == .invalidData {
                continue
            }
        }
        _ = try decoder.send(nil)
        try receive()
        return count
    }
}
