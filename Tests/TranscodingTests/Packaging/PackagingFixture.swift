import FFmpeg
import Foundation
import Glibc
import MediaModel
import Planning
import TestSupport

@testable import Transcoding

/// A scratch directory of a test's own.
struct TestScratch {
    let directory: TemporaryDirectory
    let scratch: ScratchDirectory

    init(_ name: String) throws {
        directory = try TemporaryDirectory(name)
        let descriptor = unsafe Glibc.open(directory.url.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw NotOpened("no directory \(directory.url.path)") }
        scratch = ScratchDirectory(descriptor: descriptor)
    }

    func file(_ path: String) -> URL { directory.file(path) }

    func text(_ path: String) throws -> String {
        try String(contentsOf: file(path), encoding: .utf8)
    }
}

/// A file opened for reading; closed with the object.
final class OpenFile {
    let descriptor: Int32

    init(_ url: URL) throws {
        descriptor = unsafe Glibc.open(url.path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw NotOpened("cannot open \(url.path)") }
    }

    deinit { close(descriptor) }
}

/// A planned output without a plan.
func plannedOutput(_ role: Role, _ name: String, key: String = "00") throws -> PlannedOutput {
    let json =
        #"{"role":"\#(role.rawValue)","name":"\#(name)","key":"\#(key)","reason":"a test","#
        + #""isKept":false}"#
    return try JSONDecoder().decode(PlannedOutput.self, from: Data(json.utf8))
}

/// Puts the packets of one stream of a finished file through a `SegmentWriter`.
///
/// - Parameter offset: added to every timestamp, in ticks of the stream's base.
func segment(
    _ url: URL, stream index: Int, as name: String, every seconds: Double, offset: Int64 = 0,
    into scratch: ScratchDirectory
) throws -> SegmentedTrack {
    let file = try OpenFile(url)
    var demuxer = try Demuxer(descriptor: file.descriptor, format: "mov")
    let stream = demuxer.streams[index]
    let isVideo = stream.mediaType == .video
    let writer = try SegmentWriter(
        SegmentWriter.Track(
            output: try plannedOutput(isVideo ? .rendition : .audio, name),
            parameters: stream.parameters, timeBase: stream.timeBase,
            frameRate: isVideo ? Ratio(25, 1) : nil, language: isVideo ? nil : "en"),
        scratch: scratch)
    var boundary = 0
    while case .packet(let packet) = try demuxer.read() {
        guard packet.streamIndex == index else { continue }
        packet.pts = packet.pts.map { $0 + offset }
        packet.dts = packet.dts.map { $0 + offset }
        let time = max(0, Double(packet.pts ?? 0) * packet.timeBase.doubleValue)
        let isDue = packet.isKey && time >= Double(boundary) * seconds
        if isDue { boundary += 1 }
        try writer.write(packet, startsSegment: isDue)
    }
    return try writer.finish()
}

/// A film of 10 s with B-frames, 25 frames per second, a key frame every 2 s; second n of its sound
/// has `ToneCode`'s tone.
func packagingFilm() async throws -> URL {
    try await Fixtures.shared.file("packaging-film.mp4") { url in
        try await Program("ffmpeg").run([
            "-v", "error", "-y", "-f", "lavfi", "-i",
            // Since FFmpeg 7 an encoder believes the frames and not its options.
            "testsrc2=size=320x180:rate=25:duration=10,"
                + "setparams=color_primaries=bt709:color_trc=bt709:colorspace=bt709:range=tv",
            "-f", "lavfi", "-i",
            "aevalsrc=exprs='0.4*sin(2*PI*(400+100*floor(t))*t)':s=48000:d=10:c=mono",
            "-c:v", "libx264", "-preset", "veryfast", "-bf", "2", "-g", "50", "-keyint_min", "50",
            "-sc_threshold", "0", "-pix_fmt", "yuv420p", "-color_primaries", "bt709",
            "-color_trc", "bt709", "-colorspace", "bt709", "-color_range", "tv", "-c:a", "aac",
            url.path,
        ])
    }
}

/// A file or directory of a test that could not be opened.
struct NotOpened: Error {
    let message: String
    init(_ message: String) { self.message = message }
}
