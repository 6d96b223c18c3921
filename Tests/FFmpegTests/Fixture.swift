import FFmpeg
import Foundation
import Glibc

/// Inputs made by the ffmpeg program, and how tests open and read them.
enum Fixture {
    /// Two seconds of test pattern at 25 frames per second with a 440 Hz tone, H.264 and AAC.
    static func film(
        in directory: TemporaryDirectory, name: String = "film.mp4", seconds: Int = 2,
        size: String = "320x180", filter: String = "null", extra: [String] = []
    ) throws -> URL {
        let file = directory.file(name)
        try Oracle.run(
            [
                "ffmpeg", "-nostdin", "-v", "error", "-y", "-f", "lavfi", "-i",
                "testsrc2=size=\(size):rate=25:duration=\(seconds),\(filter)", "-f", "lavfi", "-i",
                "sine=frequency=440:sample_rate=48000:duration=\(seconds)", "-c:v", "libx264",
                "-preset", "ultrafast", "-g", "25", "-pix_fmt", "yuv420p", "-c:a", "aac", "-ac",
                "2",
            ] + extra + [file.path])
        return file
    }

    /// An open read-only descriptor for the duration of `body`.
    @discardableResult
    static func withDescriptor<Result>(
        _ file: URL, _ body: (Int32) throws -> Result
    ) throws -> Result {
        let handle = try FileHandle(forReadingFrom: file)
        defer { try? handle.close() }
        return try body(handle.fileDescriptor)
    }

    /// A new file, open for reading and writing, for the duration of `body`.
    @discardableResult
    static func withOutput<Result>(
        _ file: URL, _ body: (Int32) throws -> Result
    ) throws -> Result {
        _ = FileManager.default.createFile(atPath: file.path, contents: nil)
        let handle = try FileHandle(forUpdating: file)
        defer { try? handle.close() }
        return try body(handle.fileDescriptor)
    }
}

extension Demuxer {
    /// The index of the first stream of a type.
    func first(_ type: MediaType) throws -> StreamDescription {
        guard let stream = streams.first(where: { $0.mediaType == type }) else {
            throw FFmpegError(.streamNotFound, operation: "first")
        }
        return stream
    }
}

/// Decodes a whole stream, calling `body` with each frame.
func decode(
    _ demuxer: inout Demuxer, stream: StreamDescription,
    settings: DecoderSettings = DecoderSettings(), _ body: (Frame) throws -> Void
) throws {
    var decoder = try Decoder(stream: stream, settings: settings)
    var isOver = false
    while !isOver {
        switch try demuxer.read() {
        case .packet(let packet):
            guard packet.streamIndex == stream.index else { continue }
            _ = try decoder.send(packet)
        case .end:
            _ = try decoder.send(nil)
            isOver = true
        }
        receiving: while true {
            switch try decoder.receive() {
            case .frame(let frame): try body(frame)
            case .again, .end: break receiving
            }
        }
    }
}

/// Encodes one frame (or the end) and hands the packets on.
func encode(
    _ encoder: inout Encoder, _ frame: Frame?, _ body: (Packet) throws -> Void
) throws {
    _ = try encoder.send(frame)
    while case .packet(let packet) = try encoder.receive() { try body(packet) }
}
