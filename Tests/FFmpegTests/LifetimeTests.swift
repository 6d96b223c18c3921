import FFmpeg
import Foundation
import Testing

/// Each in a process of its own: other tests' memory must not count.
struct LifetimeTests {
    @Test func failedOpeningsLeaveNothingBehind() async {
        await #expect(processExitsWith: .success) {
            let directory = try TemporaryDirectory()
            let film = try Fixture.film(in: directory)
            let truncated = directory.file("truncated.mp4")
            // Without the index at the end: opened, read through, refused.
            try Data(contentsOf: film).prefix(60_000).write(to: truncated)
            try Fixture.withDescriptor(truncated) { descriptor in
                try requireBoundedMemory {
                    #expect(throws: FFmpegError.self) {
                        _ = try Demuxer(descriptor: descriptor, format: "mov")
                    }
                    #expect(throws: FFmpegError.self) {
                        _ = try FilterGraph(
                            "[in]scale=99999999:1[out]",
                            sources: [
                                .video(
                                    width: 64, height: 64, pixelFormat: .yuv420p,
                                    timeBase: Rational(1, 25))
                            ], sinks: [.video(pixelFormats: [.rgb24])])
                    }
                    #expect(throws: FFmpegError.self) {
                        _ = try Encoder(
                            video: VideoEncoderSettings(
                                codec: "libx264", width: 64, height: 64, timeBase: Rational(1, 25),
                                options: ["preset": "ultrafast", "nosuchoption": "1"]))
                    }
                }
            }
        }
    }

    @Test func everyHandleIsFreedAfterWork() async {
        await #expect(processExitsWith: .success) {
            let directory = try TemporaryDirectory()
            let film = try Fixture.film(in: directory, seconds: 1)
            try Fixture.withDescriptor(film) { descriptor in
                try requireBoundedMemory {
                    var demuxer = try Demuxer(descriptor: descriptor, format: "mov")
                    let stream = try demuxer.first(.video)
                    var scaler = Scaler(width: 160, height: 90, pixelFormat: .yuv420p)
                    var settings = VideoEncoderSettings(
                        codec: "mpeg4", width: 160, height: 90, timeBase: Rational(1, 25))
                    settings.closedGOP = false
                    var encoder = try Encoder(video: settings)
                    // Left in the middle, without a trailer, with packets held back.
                    var muxer = try Muxer(format: "mp4") { _ in }
                    try muxer.addStream(from: encoder)
                    try muxer.writeHeader(options: ["movflags": "frag_custom+empty_moov"])
                    var count = 0
                    try decode(&demuxer, stream: stream) { frame in
                        count += 1
                        let scaled = try scaler.scale(frame)
                        try encode(&encoder, scaled) { try muxer.write($0, stream: 0) }
                    }
                    try #require(count == 25)
                }
            }
        }
    }
}

/// Resident memory must grow by less than 8 MiB over 300 rounds: a leaked frame of 320 × 180 each
/// would be 25 MiB, a leaked codec context more.
private func requireBoundedMemory(_ body: () throws -> Void) throws {
    for _ in 0..<30 { try body() }
    let before = try residentBytes()
    for _ in 0..<300 { try body() }
    let growth = try residentBytes() - before
    try #require(growth < 8 << 20, "grew by \(growth >> 10) KiB")
}

private func residentBytes() throws -> Int {
    let text = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
    return (Int(text.split(separator: " ")[1]) ?? 0) * 4_096
}
